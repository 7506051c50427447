// Chooses where WireGuard's packets leave: a stable global address of a real interface.
import { compareIp, familyOf, type Ip } from '../../shared/address/ip.ts';
import { containsIp, lengthOf, type Prefix } from '../../shared/address/prefix.ts';
import type { AgentConfig } from '../config.ts';
import type { Facts } from '../desired/facts.ts';
import { linkGroup } from '../desired/names.ts';
import type { Observed, ObservedAddress, ObservedLink } from './observed.ts';

type Host = Pick<Observed, 'links' | 'addresses' | 'routes'>;

/** Kinds that carry other people's overlays or lead nowhere. */
const unfitKinds: readonly string[] = [
  ...['dummy', 'erspan', 'geneve', 'gre', 'gretap', 'ip6gre', 'ip6gretap', 'ip6tnl', 'ipip'],
  ...['sit', 'tun', 'vti', 'vti6', 'vxlan', 'wireguard', 'xfrm'],
];

/** Bridges and interfaces of container engines and hypervisors. */
const unfitNames = /^(docker|br-[0-9a-f]{12}$|cali|cilium|cni|lxcbr|lxdbr|podman|virbr)/;

const globalUnicast = '2000::/3' as Prefix;

export const underlayFrom = (
  host: Host,
  config: Pick<AgentConfig, 'underlay'>,
): Facts['underlay'] => {
  const candidates = host.addresses
    .filter(config.underlay === undefined ? isFit(host) : isNamed(host, config.underlay))
    .sort(byFitness(host));
  const [best] = candidates;
  const link = host.links.find(({ name }) => name === best?.interface);
  return best === undefined || link === undefined
    ? undefined
    : { interface: link.name, address: best.address, mtu: link.mtu };
};

const isFit = ({ links }: Host): ((candidate: ObservedAddress) => boolean) => {
  const fit = new Set(links.filter(isFitLink).map(({ name }) => name));
  return (candidate) => fit.has(candidate.interface) && isStable(candidate);
};

const isFitLink = (link: ObservedLink): boolean =>
  link.up &&
  !link.loopback &&
  link.group !== linkGroup &&
  !unfitKinds.includes(link.kind) &&
  !unfitNames.test(link.name);

const isStable = ({ address, scope, temporary, deprecated }: ObservedAddress): boolean =>
  familyOf(address) === 6 && scope === 'global' && !temporary && !deprecated;

/** What the operator names is taken, be it IPv4 or on an interface that we would not choose. */
const isNamed =
  ({ links }: Host, named: string) =>
  (candidate: ObservedAddress): boolean =>
    candidate.scope === 'global' &&
    links.some(({ name, up }) => name === candidate.interface && up) &&
    (candidate.address === (named as Ip) || candidate.interface === named);

/** Best first: IPv6, the default route's interface, public, lasting, not learnt; then by value. */
const byFitness = ({ routes }: Host): ((a: ObservedAddress, b: ObservedAddress) => number) => {
  const byDefault = defaultRouteInterfaces(routes);
  const defects = ({ address, ...rest }: ObservedAddress): number[] => [
    Number(familyOf(address) === 4),
    Number(!byDefault.includes(rest.interface)),
    Number(!containsIp(globalUnicast, address)),
    Number(rest.temporary || rest.deprecated),
    Number(rest.dynamic),
  ];
  return (a, b) => {
    const [left, right] = [defects(a), defects(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? compareIp(a.address, b.address) : Number(left[at]) - Number(right[at]);
  };
};

export const defaultRouteInterfaces = (routes: Observed['routes']): readonly string[] =>
  routes.filter(({ to }) => lengthOf(to) === 0).map((route) => route.interface);
