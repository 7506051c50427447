// The peers stream on the wire: snapshot chunks and deltas.
import type { Delta, SnapshotChunk } from '../../proto/gen/meshover/v1/peers.ts';
import type { Peer, Tombstone } from '../mesh/peer.ts';
import type { ViewEvent } from '../mesh/view.ts';
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';
import { peersFromWire, tombstoneFromWire } from './peer.ts';
import { revisionFromWire } from './revision.ts';
import { settingsFromWire } from './settings.ts';

/** An event, and a sentence for each item in it that could not be read. */
export interface ReadEvent {
  readonly event: ViewEvent;
  readonly complaints: readonly string[];
}

/** Joins all chunks of one snapshot, the last of which has `last` set. */
export const snapshotFromWire = (chunks: readonly SnapshotChunk[]): Parsed<ReadEvent> => {
  const final = chunks.at(-1);
  if (final?.last !== true) return malformed('a snapshot ended before its last chunk');
  const revision = revisionFromWire(final.revision);
  if (!revision.ok) return revision;
  const settings = settingsFromWire(final.settings);
  if (!settings.ok) return settings;
  const items = itemsFromWire(chunks);
  return parsed({
    event: {
      kind: 'snapshot',
      revision: revision.value,
      peers: items.peers,
      tombstones: items.tombstones,
      settings: settings.value,
    },
    complaints: items.complaints,
  });
};

export const deltaFromWire = (delta: Delta): Parsed<ReadEvent> => {
  const from = revisionFromWire(delta.from);
  if (!from.ok) return from;
  const to = revisionFromWire(delta.to);
  if (!to.ok) return to;
  const { peers, tombstones, complaints } = itemsFromWire([delta]);
  return parsed({
    event: { kind: 'delta', from: from.value, to: to.value, peers, tombstones },
    complaints,
  });
};

const itemsFromWire = (
  parts: readonly Pick<Delta, 'peers' | 'tombstones'>[],
): { peers: readonly Peer[]; tombstones: readonly Tombstone[]; complaints: readonly string[] } => {
  const { peers, complaints } = peersFromWire(parts.flatMap((part) => part.peers));
  const stones = parts.flatMap((part) => part.tombstones).map(tombstoneFromWire);
  return {
    peers: lastOfEachName(peers),
    tombstones: lastOfEachName(stones.flatMap((stone) => (stone.ok ? [stone.value] : []))),
    complaints: [...complaints, ...stones.flatMap((stone) => (stone.ok ? [] : [stone.reason]))],
  };
};

/** Sorted; a snapshot that was begun anew on the same stream says some names twice. */
const lastOfEachName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
  [...new Map(items.map((item) => [item.name, item])).values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
