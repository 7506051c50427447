// The links row: iproute2 lines that make, mend and remove an interface.
import type { Link, TunnelLink } from '../desired/desired.ts';
import { leavingGroup, linkGroup } from '../desired/names.ts';
import { tunnelTtl } from '../plan/link.ts';
import type { LinkStep } from '../plan/step.ts';

export const linkLines = (step: LinkStep): readonly string[] => {
  const link = step.new;
  if (link === undefined) return [`link del dev ${step.key}`];
  return step.verb === 'add' ? [...makeLines(link), ...settleLines(link)] : mendLines(link);
};

/** Deleting a link alone waits for an RCU grace period (some 20 ms): together they wait once. */
export const farewellLine = (step: LinkStep): string =>
  `link set dev ${step.key} group ${String(leavingGroup)}`;

export const farewell = `link del group ${String(leavingGroup)}`;

const makeLines = (link: Link): readonly string[] => [
  `link add name ${link.name} group ${String(linkGroup)} mtu ${String(link.mtu)} ${typeOf(link)}`,
];

/** Up comes last, in its own line: else the kernel first makes a link-local address of its own. */
const settleLines = (link: Link): readonly string[] => [
  `link set dev ${link.name} addrgenmode none${'peer' in link ? ` alias ${link.peer}` : ''}`,
  `link set dev ${link.name} up`,
];

/** The tunnel's own parameters reset the MTU, so they go first. */
export const mendLines = (link: Link): readonly string[] => [
  ...(link.kind === 'ip6gre' || link.kind === 'gre'
    ? [`link set dev ${link.name} ${typeOf(link)}`]
    : []),
  `link set dev ${link.name} mtu ${String(link.mtu)} group ${String(linkGroup)}`,
  ...settleLines(link),
];

const typeOf = (link: Link): string => {
  switch (link.kind) {
    case 'dummy':
    case 'wireguard':
      return `type ${link.kind}`;
    case 'gre':
      return `type gre ${outer(link)}`;
    case 'ip6gre':
      return `type ip6gre ${outer(link)} encaplimit none`;
    case 'vxlan':
      return `type vxlan id ${String(link.vxlan?.vni)} ${outer(link)} dstport ${String(link.vxlan?.port)} nolearning`;
  }
};

const outer = ({ local, remote }: TunnelLink): string =>
  `local ${local} remote ${remote} ttl ${String(tunnelTtl)}`;
