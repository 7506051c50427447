// All that the controller knows, as one immutable value with a revision.
import type { Asn } from '../../shared/address/asn.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Ip } from '../../shared/address/ip.ts';
import type { Peer, Tombstone } from '../../shared/mesh/peer.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import { emptyMap, lookUp, valuesOf, type PersistentMap } from './persistent-map.ts';

/** What peers are told of a node, with the revision number at which it last changed. */
export interface RegisteredNode extends Peer {
  readonly changedAt: bigint;
}

export interface Register {
  readonly revision: Revision;
  readonly settings: NetworkSettings;
  /** By name. */
  readonly nodes: PersistentMap<RegisteredNode>;
  /** By name; a name is in `nodes` or in `tombstones`, never in both. */
  readonly tombstones: PersistentMap<Tombstone>;
  /** Who holds each address, ASN and key (claim.ts). */
  readonly claims: PersistentMap<Hostname>;
}

/** What a node is given, and keeps. */
export interface Place {
  readonly asn: Asn;
  readonly tunnelAddress6: Ip;
  readonly tunnelAddress4: Ip;
  readonly nodeAddress6: Ip;
  readonly nodeAddress4: Ip;
}

/** `registerId` is 32 lower-case hexadecimal digits, drawn by the caller. */
export const emptyRegister = (registerId: string, settings: NetworkSettings): Register => ({
  revision: { registerId, epoch: 1n, number: 0n },
  settings,
  nodes: emptyMap(),
  tombstones: emptyMap(),
  claims: emptyMap(),
});

export const nodeOf = (register: Register, name: string): RegisteredNode | undefined =>
  lookUp(register.nodes, name);

/** Sorted by name. */
export const nodesOf = (register: Register): readonly RegisteredNode[] =>
  valuesOf(register.nodes).sort(byName);

/** Sorted by name. */
export const tombstonesOf = (register: Register): readonly Tombstone[] =>
  valuesOf(register.tombstones).sort(byName);

export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
