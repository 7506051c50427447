// All that the controller knows, as one immutable value with a revision.
import type { Asn } from '../../shared/address/asn.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Ip } from '../../shared/address/ip.ts';
import type { Prefix } from '../../shared/address/prefix.ts';
import type { Gathering, Peer, Tombstone } from '../../shared/mesh/peer.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import { emptyMap, lookUp, valuesOf, type PersistentMap } from './persistent-map.ts';

/** What peers are told of a node, and what only the controller keeps of it. */
export interface RegisteredNode extends Peer {
  /** Revision number at which it last changed. */
  readonly changedAt: bigint;
  /** What the node wants to announce and to gather. Peers are told what is also authorised. */
  readonly asked: Wishes;
  readonly authorised: Grants;
  /** Its place as signed at admission (MembershipCertificate); undefined in registers from before it was. */
  readonly certificate: Signed | undefined;
  /** For people; sorted. */
  readonly tags: readonly string[];
}

/** Both sorted by prefix. */
export interface Wishes {
  readonly advertise: readonly Prefix[];
  readonly gathering: readonly Gathering[];
}

/** Exactly these prefixes, not what lies within them; both sorted. */
export interface Grants {
  readonly advertise: readonly Prefix[];
  readonly gathering: readonly Prefix[];
}

export const noGrants: Grants = { advertise: [], gathering: [] };

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
