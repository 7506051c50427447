// The peers stream's messages from bytes that are encoded once per node.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Peer } from '../../proto/gen/meshover/v1/mesh.ts';
import { Delta, SnapshotChunk } from '../../proto/gen/meshover/v1/peers.ts';
import { peerToWire, tombstoneToWire } from '../../shared/wire/peer.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { settingsToWire } from '../../shared/wire/settings.ts';
import type { Codec } from '../hub/encoded-events.ts';
import type { RegisteredNode } from '../register/register.ts';

/** About 130 KB a message; receivers take 4 MiB by default. */
export const peersPerChunk = 1000;

/** Field numbers of peers.proto. */
const fields = { snapshot: 1, delta: 2, snapshotPeers: 2, deltaPeers: 3 } as const;

// Parts of one protobuf message may simply be joined, so a message is its small fields, encoded
// anew, and after them the kept bytes of its peers.
export const eventCodec = (): Codec => {
  const bytesOf = keptPeerBytes();
  return {
    delta: ({ from, to, peers, tombstones }) => {
      const head = Delta.encode({
        from: revisionToWire(from),
        to: revisionToWire(to),
        peers: [],
        tombstones: tombstones.map(tombstoneToWire),
      }).finish();
      const events = { peers: fields.deltaPeers, event: fields.delta };
      return joined({ head, peers: peers.map(bytesOf), fields: events });
    },
    snapshot: (snapshot) => {
      const { peers, tombstones } = snapshot;
      const chunks = Math.ceil(Math.max(peers.length, tombstones.length, 1) / peersPerChunk);
      return Array.from({ length: chunks }, (_, i) => {
        const range = [i * peersPerChunk, (i + 1) * peersPerChunk] as const;
        const head = SnapshotChunk.encode({
          revision: revisionToWire(snapshot.revision),
          peers: [],
          tombstones: tombstones.slice(...range).map(tombstoneToWire),
          settings: settingsToWire(snapshot.settings),
          last: i === chunks - 1,
        }).finish();
        const events = { peers: fields.snapshotPeers, event: fields.snapshot };
        return joined({ head, peers: peers.slice(...range).map(bytesOf), fields: events });
      });
    },
  };
};

/** Nodes of the register are never changed in place, so the value itself is the key. */
const keptPeerBytes = (): ((node: RegisteredNode) => Uint8Array) => {
  const kept = new WeakMap<RegisteredNode, Uint8Array>();
  return (node) => {
    const bytes = kept.get(node) ?? Peer.encode(peerToWire(node, node.changedAt)).finish();
    kept.set(node, bytes);
    return bytes;
  };
};

const joined = (part: Part): Buffer => {
  const body = new BinaryWriter().raw(part.head);
  for (const peer of part.peers) {
    body.tag(part.fields.peers, WireType.LengthDelimited).bytes(peer);
  }
  const event = new BinaryWriter().tag(part.fields.event, WireType.LengthDelimited);
  return Buffer.from(event.bytes(body.finish()).finish());
};

interface Part {
  readonly head: Uint8Array;
  readonly peers: readonly Uint8Array[];
  readonly fields: { readonly peers: number; readonly event: number };
}
