// What one node is told: itself, its peers, the network's settings.
import type { OperatorKey } from '../address/key.ts';
import type { Prefix } from '../address/prefix.ts';
import type { Peer, Tombstone } from './peer.ts';
import type { Revision } from './revision.ts';

export interface NetworkSettings {
  readonly tunnelPools: readonly Prefix[];
  readonly nodePools: readonly Prefix[];
  /** Whose Succession is believed. */
  readonly operatorKeys: readonly OperatorKey[];
}

export interface View {
  readonly revision: Revision;
  readonly self: Peer;
  /** Sorted by name, without self. */
  readonly peers: readonly Peer[];
  /** Sorted by name. */
  readonly tombstones: readonly Tombstone[];
  readonly settings: NetworkSettings;
}

/** What the peers stream says; `snapshot` is whole (chunks already joined). `self` is among the peers. */
export type ViewEvent =
  | {
      readonly kind: 'snapshot';
      readonly revision: Revision;
      readonly peers: readonly Peer[];
      readonly tombstones: readonly Tombstone[];
      readonly settings: NetworkSettings;
    }
  | {
      readonly kind: 'delta';
      readonly from: Revision;
      readonly to: Revision;
      readonly peers: readonly Peer[];
      readonly tombstones: readonly Tombstone[];
    };
