// Joins the messages of the peers stream to events: a snapshot comes in chunks.
import type { SnapshotChunk, WatchResponse } from '../../proto/gen/meshover/v1/peers.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { deltaFromWire, snapshotFromWire, type ReadEvent } from '../../shared/wire/view-event.ts';

export interface Assembly {
  /** Chunks of a snapshot that is not complete yet, all of one revision. */
  readonly pending: readonly SnapshotChunk[];
  /** Set when the message completes something. */
  readonly read: ReadEvent | undefined;
}

/** A controller that never says "last" must not fill the memory. */
const mostChunks = 1_000;

export const assemble = (
  pending: readonly SnapshotChunk[],
  message: WatchResponse,
): Parsed<Assembly> => {
  const { event } = message;
  if (event === undefined) {
    return malformed('the controller sent an event of an unknown kind: update this client');
  }
  if (event.$case === 'delta') {
    const delta = deltaFromWire(event.value);
    return delta.ok ? parsed({ pending, read: delta.value }) : delta;
  }
  const [first] = pending;
  const chunks =
    first === undefined || isSame(first, event.value) ? [...pending, event.value] : [event.value];
  if (chunks.length > mostChunks) return malformed(`a snapshot of over ${mostChunks} parts`);
  if (!event.value.last) return parsed({ pending: chunks, read: undefined });
  const snapshot = snapshotFromWire(chunks);
  return snapshot.ok ? parsed({ pending: [], read: snapshot.value }) : snapshot;
};

const isSame = (a: SnapshotChunk, b: SnapshotChunk): boolean =>
  a.revision?.registerId === b.revision?.registerId &&
  a.revision?.epoch === b.revision?.epoch &&
  a.revision?.number === b.revision?.number;
