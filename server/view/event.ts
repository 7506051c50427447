// What a stream is told: a whole snapshot, or what changed since a revision.
import type { Tombstone } from '../../shared/mesh/peer.ts';
import { sameEpoch, type Revision } from '../../shared/mesh/revision.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import { nodesOf, tombstonesOf, type RegisteredNode, type Register } from '../register/register.ts';

/** A `ViewEvent` whose peers know when they changed. */
export interface Snapshot {
  readonly kind: 'snapshot';
  readonly revision: Revision;
  /** Sorted by name, as are the tombstones. */
  readonly peers: readonly RegisteredNode[];
  readonly tombstones: readonly Tombstone[];
  readonly settings: NetworkSettings;
}

export interface Delta extends Changes {
  readonly kind: 'delta';
  readonly from: Revision;
  readonly to: Revision;
}

/** Sorted by name. */
export interface Changes {
  readonly peers: readonly RegisteredNode[];
  readonly tombstones: readonly Tombstone[];
}

export const snapshotFor = (register: Register): Snapshot => ({
  kind: 'snapshot',
  revision: register.revision,
  peers: nodesOf(register),
  tombstones: tombstonesOf(register),
  settings: register.settings,
});

const changedSince = (register: Register, number: bigint): Changes => ({
  peers: nodesOf(register).filter((node) => node.changedAt > number),
  tombstones: tombstonesOf(register).filter((tombstone) => tombstone.removedAt > number),
});

/** `since` is a number of the present epoch. Looks at every node: for streams that resume from long ago. */
export const deltaBetween = (register: Register, since: bigint): Delta => ({
  kind: 'delta',
  from: { ...register.revision, number: since },
  to: register.revision,
  ...changedSince(register, since),
});

/** Whether a delta can follow what a stream holds: a revision that the register has been through. */
export const canResume = (held: Revision | undefined, present: Revision): held is Revision =>
  held !== undefined && sameEpoch(held, present) && held.number <= present.number;
