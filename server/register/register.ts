// All that the controller knows, as one immutable value with a revision.
import type { Asn } from '../../shared/address/asn.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Ip } from '../../shared/address/ip.ts';
import type { Peer, Tombstone } from '../../shared/mesh/peer.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import type { Administrator, BarredKey, Grants, JoinToken, Wishes } from './record.ts';
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

export const noGrants: Grants = { advertise: [], gathering: [] };

export interface Register {
  readonly revision: Revision;
  readonly settings: NetworkSettings;
  /** By name. */
  readonly nodes: PersistentMap<RegisteredNode>;
  /** By name; a name is in `nodes` or in `tombstones`, never in both. */
  readonly tombstones: PersistentMap<Tombstone>;
  /** By id. */
  readonly tokens: PersistentMap<JoinToken>;
  /** By name. */
  readonly administrators: PersistentMap<Administrator>;
  /** By identity key. */
  readonly barred: PersistentMap<BarredKey>;
  /** Number of the newest event of the audit log. */
  readonly lastEvent: bigint;
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
  tokens: emptyMap(),
  administrators: emptyMap(),
  barred: emptyMap(),
  lastEvent: 0n,
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

/** Oldest first. */
export const tokensOf = (register: Register): readonly JoinToken[] =>
  valuesOf(register.tokens).sort((a, b) => a.createdAtMs - b.createdAtMs || byText(a.id, b.id));

/** Sorted by name. */
export const administratorsOf = (register: Register): readonly Administrator[] =>
  valuesOf(register.administrators).sort(byName);

/** Sorted by key. */
export const barredOf = (register: Register): readonly BarredKey[] =>
  valuesOf(register.barred).sort((a, b) => byText(a.identityKey, b.identityKey));

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  byText(a.name, b.name);
