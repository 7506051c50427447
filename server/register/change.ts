// What a write changed: for the hub to tell the nodes, for the store to keep.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Tombstone } from '../../shared/mesh/peer.ts';
import type { Act } from './act.ts';
import type { AuditEvent, BarredKey } from './record.ts';
import { withRemovalSigned } from './certificate.ts';
import { withClaims, withoutClaims } from './claim.ts';
import { lookUp, withEntry, withoutEntry } from './persistent-map.ts';
import { byName, nodeOf, type RegisteredNode, type Register } from './register.ts';
import { headWrite, nodeWrite, recordWrite, tombstoneWrite, type RowWrite } from './row.ts';

export interface Change {
  /** Joined or changed, whole; sorted by name. */
  readonly nodes: readonly RegisteredNode[];
  /** Removed; sorted by name. */
  readonly tombstones: readonly Tombstone[];
  /** What the store must keep before anybody is told; empty when nothing changed. */
  readonly writes: readonly RowWrite[];
  /** Kept with the writes, oldest first. */
  readonly events: readonly AuditEvent[];
}

export interface Changed {
  readonly register: Register;
  readonly change: Change;
}

export const noChange: Change = { nodes: [], tombstones: [], writes: [], events: [] };

/** Puts a node in place of the one of its name, at the next revision number. */
export const putNode = (
  register: Register,
  peer: Omit<RegisteredNode, 'changedAt'>,
): Changed & { readonly node: RegisteredNode } => {
  const revision = { ...register.revision, number: register.revision.number + 1n };
  const node: RegisteredNode = { ...peer, changedAt: revision.number };
  const before = nodeOf(register, node.name);
  const freed = before === undefined ? register.claims : withoutClaims(register.claims, before);
  const next: Register = {
    ...register,
    revision,
    nodes: withEntry(register.nodes, node.name, node),
    tombstones: withoutEntry(register.tombstones, node.name),
    claims: withClaims(freed, node),
  };
  const writes = [
    nodeWrite(node.name, node),
    tombstoneWrite(node.name, undefined),
    headWrite(next),
  ];
  return { register: next, node, change: { nodes: [node], tombstones: [], writes, events: [] } };
};

/** Bars an identity key from coming back by itself, or lets it in again; no revision, since peers are not told. */
export const withBar = <C extends Changed>(
  changed: C,
  key: IdentityKey,
  bar: BarredKey | undefined,
): C => {
  const { barred } = changed.register;
  if (bar === undefined && lookUp(barred, key) === undefined) return changed;
  const register = {
    ...changed.register,
    barred: bar === undefined ? withoutEntry(barred, key) : withEntry(barred, key, bar),
  };
  const writes = [...changed.change.writes, recordWrite('barred', key, bar)];
  return { ...changed, register, change: { ...changed.change, writes } };
};

/** Puts a tombstone in place of a node, at the next revision number. */
export const buryNode = (
  register: Register,
  node: RegisteredNode,
  { reason, act }: { readonly reason: string; readonly act: Act },
): Changed => {
  const revision = { ...register.revision, number: register.revision.number + 1n };
  const { name, asn } = node;
  const gone = { name, asn, removedAt: revision.number, reason };
  const tombstone = withRemovalSigned(revision, gone, act);
  const next: Register = {
    ...register,
    revision,
    nodes: withoutEntry(register.nodes, name),
    tombstones: withEntry(register.tombstones, name, tombstone),
    claims: withoutClaims(register.claims, node),
  };
  const writes = [nodeWrite(name, undefined), tombstoneWrite(name, tombstone), headWrite(next)];
  return { register: next, change: { nodes: [], tombstones: [tombstone], writes, events: [] } };
};

/** Many changes, oldest first, as one: the last word about each name and each row counts. */
export const mergeChanges = (changes: readonly Change[]): Change => {
  const nodes = new Map<Hostname, RegisteredNode>();
  const tombstones = new Map<Hostname, Tombstone>();
  const writes = new Map<string, RowWrite>();
  for (const change of changes) {
    for (const node of change.nodes) {
      nodes.set(node.name, node);
      tombstones.delete(node.name);
    }
    for (const tombstone of change.tombstones) {
      tombstones.set(tombstone.name, tombstone);
      nodes.delete(tombstone.name);
    }
    for (const write of change.writes) writes.set(`${write.table} ${write.key}`, write);
  }
  return {
    nodes: [...nodes.values()].sort(byName),
    tombstones: [...tombstones.values()].sort(byName),
    writes: [...writes.values()],
    events: changes.flatMap(({ events }) => events),
  };
};
