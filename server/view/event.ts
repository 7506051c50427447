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

/** Looks at every node: for a resuming stream; the hub knows from its changes what is new. */
export const changedSince = (register: Register, number: bigint): Changes => ({
  peers: nodesOf(register).filter((node) => node.changedAt > number),
  tombstones: tombstonesOf(register).filter((tombstone) => tombstone.removedAt > number),
});

/** `since` is a number of the register's present epoch. */
export const deltaBetween = (register: Register, since: bigint): Delta => ({
  kind: 'delta',
  from: { ...register.revision, number: since },
  to: register.revision,
  ...changedSince(register, since),
});

/** A snapshot unless the revision is one that this register has been through in this epoch. */
export const eventSince = (register: Register, held: Revision | undefined): Snapshot | Delta =>
  held !== undefined &&
  sameEpoch(held, register.revision) &&
  held.number <= register.revision.number
    ? deltaBetween(register, held.number)
    : snapshotFor(register);
