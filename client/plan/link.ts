// The links row: which interfaces to make, mend, remake and remove.
import type { Link, TunnelLink } from '../desired/desired.ts';
import { linkGroup } from '../desired/names.ts';
import type { Observed, ObservedLink } from '../observe/observed.ts';
import { makeStep } from './make-step.ts';
import { isOurLink } from './ours.ts';
import type { LinkStep } from './step.ts';

export interface LinkPlan {
  /** Steps that take away what stands in the way of an addition of the same name. */
  readonly clearing: readonly LinkStep[];
  readonly adding: readonly LinkStep[];
  readonly mending: readonly LinkStep[];
  /** Links of departed peers. */
  readonly leaving: readonly LinkStep[];
}

export const planLinks = (
  desired: readonly Link[],
  observed: Pick<Observed, 'links'>,
): LinkPlan => {
  const existing = new Map(observed.links.map((link) => [link.name, link]));
  const wanted = new Set(desired.map(({ name }) => name));
  const clearing = desired.flatMap((link) => clearStep(link, existing.get(link.name)));
  const cleared = new Set(clearing.map(({ key }) => key));
  const absent = desired.filter(({ name }) => !existing.has(name) || cleared.has(name));
  return {
    clearing,
    adding: absent.map((link) => addStep(link, clearing)),
    mending: desired
      .filter(({ name }) => !cleared.has(name))
      .flatMap((link) => mendStep(link, existing.get(link.name))),
    leaving: observed.links
      .filter((link) => isOurLink(link) && !wanted.has(link.name))
      .map((link) => leaveStep(link, 'nothing needs it any more')),
  };
};

export const leaveStep = (link: ObservedLink, reason: string): LinkStep =>
  makeStep<LinkStep>({
    resource: 'link',
    verb: 'remove',
    key: link.name,
    old: undefined,
    new: undefined,
    reason: link.alias === '' ? reason : `${reason} (${link.alias})`,
  });

const addStep = (link: Link, clearing: readonly LinkStep[]): LinkStep =>
  makeStep<LinkStep>({
    resource: 'link',
    verb: 'add',
    key: link.name,
    old: undefined,
    new: link,
    reason: 'peer' in link ? `no link to ${link.peer} yet` : `no ${link.kind} interface yet`,
    needs: clearing.filter(({ key }) => key === link.name).map(({ id }) => id),
  });

const clearStep = (link: Link, existing: ObservedLink | undefined): readonly LinkStep[] => {
  const reason = existing === undefined ? undefined : remakeReason(link, existing);
  return existing === undefined || reason === undefined
    ? []
    : [leaveStep(existing, `remade: ${reason}`)];
};

const mendStep = (link: Link, existing: ObservedLink | undefined): readonly LinkStep[] => {
  const reason = existing === undefined ? undefined : mendReason(link, existing);
  if (reason === undefined) return [];
  return [
    makeStep<LinkStep>({
      resource: 'link',
      verb: 'change',
      key: link.name,
      old: undefined,
      new: link,
      reason,
    }),
  ];
};

/** RFC 8200, section 5. */
const leastIpv6Mtu = 1280;

/** What the kernel cannot change in place, or only by dropping the session anyway. */
const remakeReason = (link: Link, { kind, mtu, tunnel }: ObservedLink): string | undefined => {
  if (kind !== kernelKindOf(link))
    return `it is ${kind || 'no tunnel'}, wanted ${kernelKindOf(link)}`;
  // Under it the kernel drops IPv6 with all its settings, and above it again makes an address of its own.
  if (mtu < leastIpv6Mtu) return `its MTU of ${String(mtu)} has cost it IPv6`;
  if (link.kind === 'dummy' || link.kind === 'wireguard') return undefined;
  return firstDifference([
    ['local address', tunnel.local, link.local],
    ['remote address', tunnel.remote, link.remote],
    ['VXLAN identifier', tunnel.vni, link.vxlan?.vni],
    ['VXLAN port', tunnel.port, link.vxlan?.port],
  ]);
};

/** wireguard-go makes a tun interface. */
const kernelKindOf = (link: Link): string =>
  link.kind === 'wireguard' && link.implementation === 'userspace' ? 'tun' : link.kind;

const mendReason = (link: Link, existing: ObservedLink): string | undefined =>
  firstDifference([
    ['state', existing.up ? 'up' : 'down', 'up'],
    ['mtu', existing.mtu, link.mtu],
    ['group', existing.group, linkGroup],
    ['link-local address mode', existing.addressGeneration, 'none'],
    ...('peer' in link ? tunnelDetails(link, existing) : []),
  ]);

const tunnelDetails = (link: TunnelLink, { alias, tunnel }: ObservedLink): Detail[] => [
  ['alias', alias, link.peer],
  ['ttl', tunnel.ttl, tunnelTtl],
  [
    'encapsulation limit',
    link.kind === 'ip6gre' && !tunnel.ignoresEncapsulationLimit ? 'set' : 'none',
    'none',
  ],
];

/** Outer packets cross only the WireGuard mesh; relays may add a few hops. */
export const tunnelTtl = 64;

type Detail = readonly [
  what: string,
  is: string | number | undefined,
  wanted: string | number | undefined,
];

const firstDifference = (details: readonly Detail[]): string | undefined => {
  const found = details.find(([, is, wanted]) => is !== wanted);
  return found && `${found[0]} is ${String(found[1] ?? 'not set')}, wanted ${String(found[2])}`;
};
