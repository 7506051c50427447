// The WireGuard row: the device and its peers, each with exactly its two tunnel addresses.
import { endpointIp, type Endpoint } from '../../shared/address/endpoint.ts';
import { familyOf } from '../../shared/address/ip.ts';
import { hostPrefix } from '../../shared/address/prefix.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { WireGuardDevice, WireGuardPeer } from './desired.ts';
import type { Facts } from './facts.ts';
import { compareText, isEnabled, type DesiredInput } from './input.ts';
import { fwmark, wireguardInterface } from './names.ts';

/** Shorter than the usual 30 s of a NAT's or firewall's memory for UDP. */
const keepaliveSeconds = 25;

export const wireguardFor = ({
  view,
  config,
  facts,
  wireguardKey,
}: DesiredInput): WireGuardDevice | undefined => {
  if (!isEnabled(config, 'wireguard')) return undefined;
  return {
    interface: wireguardInterface,
    privateKey: wireguardKey.private,
    publicKey: wireguardKey.public,
    listenPort: config.port,
    fwmark,
    peers: view.peers
      .map((peer) => wireguardPeer(peer, facts))
      .sort((a, b) => compareText(a.publicKey, b.publicKey)),
  };
};

const wireguardPeer = (peer: Peer, facts: Facts): WireGuardPeer => ({
  publicKey: peer.wireguardKey,
  endpoint: usableEndpoint(peer, facts),
  allowedIps: [hostPrefix(peer.tunnelAddress4), hostPrefix(peer.tunnelAddress6)],
  keepaliveSeconds,
});

/** The first of our underlay's family; a host with both families reaches the others too. */
const usableEndpoint = ({ endpoints }: Peer, { underlay }: Facts): Endpoint | undefined =>
  endpoints.find(
    (endpoint) =>
      underlay !== undefined && familyOf(endpointIp(endpoint)) === familyOf(underlay.address),
  ) ?? endpoints[0];
