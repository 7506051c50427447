// The messages of one told register, each encoded once however many streams want it.
import type { Revision } from '../../shared/mesh/revision.ts';
import type { Change } from '../register/change.ts';
import type { Register } from '../register/register.ts';
import { deltaBetween, snapshotFor, type Delta, type Snapshot } from '../view/event.ts';

/** Makes the bytes that go on the wire; the hub does not know their form. */
export interface Codec {
  delta(delta: Delta): Buffer;
  /** At least one chunk; the last one says that it is the last. */
  snapshot(snapshot: Snapshot): readonly Buffer[];
}

export interface EncodedEvents {
  /** From a number of the register's present epoch. */
  deltaFrom(number: bigint): Buffer;
  snapshot(): readonly Buffer[];
}

interface Given {
  readonly register: Register;
  readonly codec: Codec;
  /** What is known to have changed since the revision told before: saves looking at every node. */
  readonly latest?: { readonly since: Revision; readonly changes: Change };
}

export const encodedEvents = ({ register, codec, latest }: Given): EncodedEvents => {
  const deltas = new Map<bigint, Buffer>();
  let snapshot: readonly Buffer[] | undefined;
  const deltaOf = (number: bigint): Delta =>
    latest?.since.number === number && latest.since.epoch === register.revision.epoch
      ? {
          kind: 'delta',
          from: latest.since,
          to: register.revision,
          peers: latest.changes.nodes,
          tombstones: latest.changes.tombstones,
        }
      : deltaBetween(register, number);
  return {
    deltaFrom: (number) => {
      const bytes = deltas.get(number) ?? codec.delta(deltaOf(number));
      deltas.set(number, bytes);
      return bytes;
    },
    snapshot: () => (snapshot ??= codec.snapshot(snapshotFor(register))),
  };
};
