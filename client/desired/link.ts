// The links row: the node's dummy, the WireGuard interface, and a tunnel per peer.
import { linkDrivers, type LinkDriver, type Peer } from '../../shared/mesh/peer.ts';
import type { Link, TunnelLink, WireGuardLink } from './desired.ts';
import { compareText, isEnabled, type DesiredInput } from './input.ts';
import { linkName, nodeInterface, vxlanOf, wireguardInterface } from './names.ts';

/** Assumed where the underlay is not known (the peers call us). */
const usualMtu = 1500;

/** Outer IPv6 (40), UDP (8) and WireGuard (32). */
const wireguardOverhead = 80;

/** Under a path MTU of 1404 the outer packets are fragmented rather than IPv6 refused inside. */
const leastWireguardMtu = 1324;

/** RFC 8200: no IPv6 link may have less. */
const leastMtu = 1280;

/** IPv6 + GRE without the encapsulation limit option; IPv4 + GRE; IPv6 + UDP + VXLAN + Ethernet. */
const tunnelOverhead: Readonly<Record<LinkDriver, number>> = { ip6gre: 44, gre: 24, vxlan: 70 };

const wireguardMtuFor = (underlayMtu: number): number =>
  Math.max(leastWireguardMtu, underlayMtu - wireguardOverhead);

const tunnelMtuFor = (driver: LinkDriver, underlayMtu: number): number =>
  Math.max(leastMtu, wireguardMtuFor(underlayMtu) - tunnelOverhead[driver]);

/** Both ends choose alike: the later of both in the list of drivers. */
const driverOf = (a: Peer, b: Peer): LinkDriver =>
  linkDrivers.indexOf(a.linkDriver) > linkDrivers.indexOf(b.linkDriver)
    ? a.linkDriver
    : b.linkDriver;

export const linksFor = (input: DesiredInput): readonly Link[] => {
  const { view, config, facts } = input;
  const underlayMtu = facts.underlay?.mtu ?? usualMtu;
  const links: Link[] = [{ kind: 'dummy', name: nodeInterface, mtu: usualMtu }];
  if (isEnabled(config, 'wireguard')) links.push(wireguardLink(input, underlayMtu));
  if (isEnabled(config, 'links')) {
    links.push(...view.peers.map((peer) => tunnelTo(peer, view.self, underlayMtu)));
  }
  return links.sort((a, b) => compareText(a.name, b.name));
};

const wireguardLink = ({ config, facts }: DesiredInput, underlayMtu: number): WireGuardLink => {
  const kernel =
    config.wireguard === 'kernel' || (config.wireguard === 'auto' && facts.kernelWireGuard);
  return {
    kind: 'wireguard',
    name: wireguardInterface,
    mtu: wireguardMtuFor(underlayMtu),
    implementation: kernel ? 'kernel' : 'userspace',
  };
};

const tunnelTo = (peer: Peer, self: Peer, underlayMtu: number): TunnelLink => {
  const kind = driverOf(peer, self);
  const outer4 = kind === 'gre';
  return {
    kind,
    name: linkName(peer.name),
    mtu: tunnelMtuFor(kind, underlayMtu),
    peer: peer.name,
    local: outer4 ? self.tunnelAddress4 : self.tunnelAddress6,
    remote: outer4 ? peer.tunnelAddress4 : peer.tunnelAddress6,
    vxlan: kind === 'vxlan' ? vxlanOf(self.asn, peer.asn) : undefined,
  };
};
