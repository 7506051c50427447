// What the register keeps beside nodes' places: wishes and grants, join tokens, administrators, removed keys, events.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Prefix } from '../../shared/address/prefix.ts';
import type { Gathering } from '../../shared/mesh/peer.ts';
import type { Revision } from '../../shared/mesh/revision.ts';

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

/** Fields as they are stored; the token itself is never kept. */
export interface JoinToken {
  readonly id: string;
  /** For people. */
  readonly label: string;
  /** How many nodes may join with it. */
  readonly uses: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Hostnames that may use it; '' = all. */
  readonly pattern: string;
  readonly tags: readonly string[];
  /** Authorised with the admission. */
  readonly grants: Grants;
  readonly createdBy: string;
  readonly revoked: boolean;
  /** Names of the nodes that joined with it, in that order: each is one use. */
  readonly nodes: readonly Hostname[];
}

/** Each may do what the ones before it may. */
export const adminRoles = ['viewer', 'operator', 'admin'] as const;
export type AdminRole = (typeof adminRoles)[number];

export interface Administrator {
  readonly name: string;
  readonly role: AdminRole;
  /** Hexadecimal SHA-256 of the token; the token itself is never kept. */
  readonly tokenHash: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
}

/** An identity key that was in the mesh and was taken out of it: it needs a new admission. */
export interface BarredKey {
  readonly identityKey: IdentityKey;
  /** The node that had it. */
  readonly name: Hostname;
  readonly atMs: number;
}

export type AuditWhat =
  | 'node-joined'
  | 'node-changed'
  | 'node-approved'
  | 'node-rejected'
  | 'node-removed'
  | 'node-rekeyed'
  | 'token-created'
  | 'token-revoked'
  | 'authorised'
  | 'withdrawn'
  | 'administrator-created'
  | 'administrator-revoked'
  | 'settings-changed';

export interface AuditEvent {
  /** One more than the event before, for ever. */
  readonly number: bigint;
  readonly atMs: number;
  readonly who: string;
  readonly what: AuditWhat;
  readonly subject: string;
  /** JSON; '' where there was or is nothing. Never a secret. */
  readonly old: string;
  readonly new: string;
  /** After the change. */
  readonly revision: Revision;
}
