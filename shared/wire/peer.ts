// Peers and tombstones on the wire.
import type {
  Peer as WirePeer,
  Tombstone as WireTombstone,
} from '../../proto/gen/meshover/v1/mesh.ts';
import { asnFrom } from '../address/asn.ts';
import { parseEndpoint } from '../address/endpoint.ts';
import { parseHostname } from '../address/hostname.ts';
import { familyOf, parseIp, type Family, type Ip } from '../address/ip.ts';
import { parsePrefix } from '../address/prefix.ts';
import type { Peer, Tombstone } from '../mesh/peer.ts';
import { allParsed, malformed, parseAll, parsed, type Parsed } from '../outcome/parsed.ts';
import { gatheringFromWire, gatheringToWire } from './gathering.ts';
import { identityKeyFromWire, keyToWire, wireguardKeyFromWire } from './key.ts';
import { linkDriverFromWire, linkDriverToWire } from './link-driver.ts';

export const peerToWire = (peer: Peer, changedAt: bigint): WirePeer => ({
  name: peer.name,
  asn: peer.asn,
  wireguardKey: keyToWire(peer.wireguardKey),
  identityKey: keyToWire(peer.identityKey),
  tunnelAddresses: [peer.tunnelAddress6, peer.tunnelAddress4],
  nodeAddresses: [peer.nodeAddress6, peer.nodeAddress4],
  endpoints: [...peer.endpoints],
  gathering: peer.gathering.map(gatheringToWire),
  advertised: [...peer.advertised],
  linkDriver: linkDriverToWire(peer.linkDriver),
  changedAt,
  signedStatement: Buffer.alloc(0),
});

export const peerFromWire = (wire: WirePeer): Parsed<Peer> => {
  const fields = {
    name: parseHostname(wire.name),
    asn: asnFrom(wire.asn),
    wireguardKey: wireguardKeyFromWire(wire.wireguardKey),
    identityKey: identityKeyFromWire(wire.identityKey),
    tunnelAddress6: addressOf(wire.tunnelAddresses, 6),
    tunnelAddress4: addressOf(wire.tunnelAddresses, 4),
    nodeAddress6: addressOf(wire.nodeAddresses, 6),
    nodeAddress4: addressOf(wire.nodeAddresses, 4),
    endpoints: parseAll(wire.endpoints, parseEndpoint),
    gathering: parseAll(wire.gathering, gatheringFromWire),
    advertised: parseAll(wire.advertised, parsePrefix),
    linkDriver: linkDriverFromWire(wire.linkDriver),
  };
  return allParsed(fields, `peer ${wire.name.slice(0, 80)}`);
};

/** The good ones, and a sentence for each that could not be read: one bad peer must not deafen a node. */
export const peersFromWire = (
  wires: readonly WirePeer[],
): { readonly peers: readonly Peer[]; readonly complaints: readonly string[] } => {
  const results = wires.map(peerFromWire);
  return {
    peers: results.flatMap((result) => (result.ok ? [result.value] : [])),
    complaints: results.flatMap((result) => (result.ok ? [] : [result.reason])),
  };
};

export const tombstoneToWire = (tombstone: Tombstone): WireTombstone => ({
  ...tombstone,
  signature: Buffer.alloc(0),
});

export const tombstoneFromWire = (wire: WireTombstone): Parsed<Tombstone> => {
  const { removedAt, reason } = wire;
  return allParsed(
    {
      name: parseHostname(wire.name),
      asn: asnFrom(wire.asn),
      removedAt: parsed(removedAt),
      reason: parsed(reason),
    },
    `tombstone ${wire.name.slice(0, 80)}`,
  );
};

const addressOf = (texts: readonly string[], family: Family): Parsed<Ip> => {
  for (const text of texts) {
    const ip = parseIp(text);
    if (!ip.ok || familyOf(ip.value) === family) return ip;
  }
  return malformed(`an IPv${family} address is missing`);
};
