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
  const kept = new WeakMap<RegisteredNode, Uint8Array>();
  const peerBytes = (node: RegisteredNode): Uint8Array => {
    const known = kept.get(node);
    if (known !== undefined) return known;
    const bytes = Peer.encode(peerToWire(node, node.changedAt)).finish();
    kept.set(node, bytes);
    return bytes;
  };
  const withPeers = (part: Part): Buffer => {
    const body = new BinaryWriter().raw(part.head);
    for (const node of part.peers) {
      body.tag(part.peersField, WireType.LengthDelimited).bytes(peerBytes(node));
    }
    const event = new BinaryWriter().tag(part.eventField, WireType.LengthDelimited);
    return Buffer.from(event.bytes(body.finish()).finish());
  };
  return {
    delta: ({ from, to, peers, tombstones }) =>
      withPeers({
        head: Delta.encode({
          from: revisionToWire(from),
          to: revisionToWire(to),
          peers: [],
          tombstones: tombstones.map(tombstoneToWire),
        }).finish(),
        peers,
        peersField: fields.deltaPeers,
        eventField: fields.delta,
      }),
    snapshot: ({ revision, peers, tombstones, settings }) => {
      const entries = Math.max(peers.length, tombstones.length, 1);
      const chunks = Math.ceil(entries / peersPerChunk);
      return Array.from({ length: chunks }, (_, i) => {
        const [start, end] = [i * peersPerChunk, (i + 1) * peersPerChunk];
        const head = SnapshotChunk.encode({
          revision: revisionToWire(revision),
          peers: [],
          tombstones: tombstones.slice(start, end).map(tombstoneToWire),
          settings: settingsToWire(settings),
          last: i === chunks - 1,
        }).finish();
        return withPeers({
          head,
          peers: peers.slice(start, end),
          peersField: fields.snapshotPeers,
          eventField: fields.snapshot,
        });
      });
    },
  };
};

interface Part {
  readonly head: Uint8Array;
  readonly peers: readonly RegisteredNode[];
  readonly peersField: number;
  readonly eventField: number;
}
