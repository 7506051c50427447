// Peers and tombstones on the wire.
import type {
  Peer as WirePeer,
  Tombstone as WireTombstone,
} from '../../proto/gen/meshover/v1/mesh.ts';
import { asnFrom } from '../address/asn.ts';
import { parseEndpoint } from '../address/endpoint.ts';
import { parseHostname } from '../address/hostname.ts';
import { parsePrefix } from '../address/prefix.ts';
import type { Peer, Tombstone } from '../mesh/peer.ts';
import { allParsed, parseAll, parsed, type Parsed } from '../outcome/parsed.ts';
import { addressOf } from './address.ts';
import { gatheringFromWire, gatheringToWire } from './gathering.ts';
import { identityKeyFromWire, keyToWire, wireguardKeyFromWire } from './key.ts';
import { linkDriverFromWire, linkDriverToWire } from './link-driver.ts';
import { signedFromWire, signedToWire } from './signed.ts';

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
  signedStatement: signedToWire(peer.signedStatement),
  succession: signedToWire(peer.succession),
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
    signedStatement: parsed(signedFromWire(wire.signedStatement)),
    succession: parsed(signedFromWire(wire.succession)),
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
  signedRemoval: signedToWire(tombstone.signedRemoval),
});

export const tombstoneFromWire = (wire: WireTombstone): Parsed<Tombstone> => {
  const { removedAt, reason } = wire;
  return allParsed(
    {
      name: parseHostname(wire.name),
      asn: asnFrom(wire.asn),
      removedAt: parsed(removedAt),
      reason: parsed(reason),
      signedRemoval: parsed(signedFromWire(wire.signedRemoval)),
    },
    `tombstone ${wire.name.slice(0, 80)}`,
  );
};
