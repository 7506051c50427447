// The firewall row: our one nftables table, written whole; it only ever drops, and opens nothing.
import { compareIp, familyOf, type Family, type Ip } from '../../shared/address/ip.ts';
import { comparePrefix, overlaps, prefixFamily, type Prefix } from '../../shared/address/prefix.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { Firewall, Link, TunnelLink } from './desired.ts';
import { isEnabled, type DesiredInput } from './input.ts';
import { firewallTable, wireguardInterface } from './names.ts';

export const firewallFor = (input: DesiredInput, links: readonly Link[]): Firewall | undefined => {
  const { config, facts, view } = input;
  if (!isEnabled(config, 'firewall') || facts.nftablesFault !== undefined) return undefined;
  const tunnels = links.filter((link): link is TunnelLink => 'peer' in link);
  const peers = new Map(view.peers.map((peer) => [peer.name as string, peer]));
  const doors = tunnels.flatMap((link) => {
    const peer = peers.get(link.peer);
    return peer === undefined ? [] : [{ name: link.name, peer }];
  });
  const overWireGuard = isEnabled(config, 'wireguard');
  const blocks = [
    ...setBlocks(input, doors),
    sourcesChain(input, doors),
    inputChain(input, { overWireGuard, vxlan: tunnels.filter(({ kind }) => kind === 'vxlan') }),
    routingChain,
    forwardChain(overWireGuard),
  ];
  return { text: `table ${firewallTable} {\n${blocks.flat().join('\n')}\n}\n` };
};

/** A link and the node that it leads to. */
interface Door {
  readonly name: string;
  readonly peer: Peer;
}

const families = [4, 6] as const;

const block = (head: string, lines: readonly string[]): readonly string[] => [
  `\t${head} {`,
  ...lines.map((line) => `\t\t${line}`),
  '\t}',
];

const dropped = (why: string): string => `counter drop comment "${why}"`;

const ipWord = (family: Family): string => (family === 4 ? 'ip' : 'ip6');

const nodeAddressesOf = ({ nodeAddress4, nodeAddress6 }: Peer): readonly Ip[] => [
  nodeAddress4,
  nodeAddress6,
];

const ofFamily = (ips: readonly Ip[], family: Family): readonly Ip[] =>
  ips.filter((ip) => familyOf(ip) === family);

const setBlocks = (
  { config }: DesiredInput,
  doors: readonly Door[],
): readonly (readonly string[])[] => {
  const declared = [...new Set(config.bgpNeighbours)].sort(compareIp);
  return [
    setBlock(
      'links',
      'ifname',
      doors.map(({ name }) => `"${name}"`),
    ),
    ...families.flatMap((family) => [
      setBlock(`sources${family}`, `ifname . ipv${family}_addr`, sourcesOf(doors, family)),
      setBlock(`bgp_neighbours${family}`, `ipv${family}_addr`, ofFamily(declared, family)),
    ]),
  ];
};

/** nft refuses an empty list of elements. */
const setBlock = (name: string, type: string, elements: readonly string[]): readonly string[] =>
  block(`set ${name}`, [
    `type ${type}`,
    ...(elements.length === 0 ? [] : [`elements = { ${elements.join(', ')} }`]),
  ]);

const sourcesOf = (doors: readonly Door[], family: Family): readonly string[] =>
  doors.flatMap(({ name, peer }) =>
    ofFamily(nodeAddressesOf(peer), family).map((ip) => `"${name}" . ${ip}`),
  );

/**
 * A node address comes only over its own node's link. What lies behind a node, or comes from outside, may
 * take any way (several doors to one LAN, gathering), and so is not judged.
 */
const sourcesChain = ({ view }: DesiredInput, doors: readonly Door[]): readonly string[] => {
  // The register keeps no node address outside the pools.
  const judged = [...view.settings.nodePools].sort(comparePrefix);
  return block('chain sources', [
    'type filter hook prerouting priority -310; policy accept;',
    'iifname != @links accept',
    ...families.map((family) => `iifname . ${ipWord(family)} saddr @sources${family} accept`),
    ...doors.flatMap((door) => gatheredThere(door, judged)),
    ...judged.map((prefix) => matching(prefix, dropped('the address of another node'))),
  ]);
};

/** A node sends to its gatherer, which may know a way to us that it does not. */
const gatheredThere = ({ name, peer }: Door, judged: readonly Prefix[]): readonly string[] =>
  [...new Set(peer.gathering.map(({ prefix }) => prefix))]
    .filter((range) => judged.some((prefix) => overlaps(prefix, range)))
    .sort(comparePrefix)
    .map((range) => `iifname "${name}" ${matching(range, 'accept')}`);

const matching = (prefix: Prefix, verdict: string): string =>
  `${ipWord(prefixFamily(prefix))} saddr ${prefix} ${verdict}`;

interface Transport {
  readonly overWireGuard: boolean;
  readonly vxlan: readonly TunnelLink[];
}

/** Before the usual filter (0), whose own verdicts follow for what passes here. */
const inputChain = (
  { view }: DesiredInput,
  { overWireGuard, vxlan }: Transport,
): readonly string[] => [
  ...(overWireGuard ? vxlanChain(vxlan) : []),
  ...block('chain input', [
    'type filter hook input priority -10; policy accept;',
    'iifname "lo" accept',
    ...(overWireGuard ? tunnelRules(view.self, vxlan) : []),
    'tcp dport 179 jump routing',
    'iifname @links ip6 saddr fe80::/10 tcp sport 179 jump routing',
    // 7784 is S-BFD's (RFC 7881): FRR 10 answers there without being asked to.
    'udp dport { 3784, 3785, 4784, 7784 } jump routing',
    `tcp dport 2601-2623 ${dropped('command lines of FRR: only from this host')}`,
  ]),
];

/** The kernel takes GRE for any interface that has the address; foreign GRE has other addresses. */
const tunnelRules = (self: Peer, vxlan: readonly TunnelLink[]): readonly string[] => [
  ...[self.tunnelAddress4, self.tunnelAddress6].map(
    (ip) =>
      `${ipWord(familyOf(ip))} daddr ${ip} iifname != "${wireguardInterface}" ` +
      dropped('tunnel address: only inside WireGuard'),
  ),
  ...(vxlan.length === 0 ? [] : [`udp dport { ${portsOf(vxlan).join(', ')} } jump vxlan`]),
];

const portsOf = (links: readonly TunnelLink[]): readonly number[] =>
  [...new Set(links.flatMap(({ vxlan }) => vxlan?.port ?? []))].sort((a, b) => a - b);

/** Unlike GRE, the kernel's VXLAN takes a link's frames from any source and for any local address. */
const vxlanChain = (links: readonly TunnelLink[]): readonly string[] => {
  if (links.length === 0) return [];
  const senders = links.map(
    ({ remote, vxlan }) =>
      `${remote} . ${String(vxlan?.port)} . 0x${(vxlan?.vni ?? 0).toString(16)}`,
  );
  return block('chain vxlan', [
    // The identifier stands behind UDP's 8 octets and 4 of VXLAN's own.
    `iifname "${wireguardInterface}" ip6 saddr . udp dport . @th,96,24 { ${senders.join(', ')} } accept`,
    dropped('VXLAN: only from the peer of its link'),
  ]);
};

/** RFC 5082 and RFC 5881: what was forwarded once has a hop limit under 255. */
const routingChain = block('chain routing', [
  'ip saddr @bgp_neighbours4 accept',
  'ip6 saddr @bgp_neighbours6 accept',
  'iifname @links ip6 saddr fe80::/10 ip6 daddr fe80::/10 ip6 hoplimit 255 accept',
  dropped('BGP and BFD: only from the peers on their links'),
]);

/**
 * Tunnel packets are made and taken here and never passed on: else a node could hand one to a second node,
 * which would carry it to a third as its own.
 */
const forwardChain = (overWireGuard: boolean): readonly string[] =>
  block('chain forward', [
    'type filter hook forward priority -150; policy accept;',
    ...(overWireGuard
      ? ['iifname', 'oifname'].map(
          (way) => `${way} "${wireguardInterface}" ${dropped('WireGuard carries only links')}`,
        )
      : []),
    ...['iifname', 'oifname'].map(
      (way) => `${way} @links tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu`,
    ),
  ]);
