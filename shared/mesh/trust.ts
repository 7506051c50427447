// What is signed in the mesh, and by whom.
import type { Asn } from '../address/asn.ts';
import type { Hostname } from '../address/hostname.ts';
import type { Ip } from '../address/ip.ts';
import type { IdentityKey, RegisterKey, WireGuardKey } from '../address/key.ts';

/** Base64 of a payload with its signature (shared/trust/signed.ts reads it): opaque until verified. */
export type Signed = string & { readonly __brand: 'Signed' };

/** A node's own word, signed with its identity key: peers configure WireGuard from this alone. */
export interface Statement {
  readonly registerId: string;
  readonly name: Hostname;
  readonly wireguardKey: WireGuardKey;
  readonly tunnelAddress6: Ip;
  readonly tunnelAddress4: Ip;
  /** Public key of the exchange between agents, base64; '' = none. */
  readonly exchangeKey: string;
  /** Grows with every statement of the node: an older one is never taken again. */
  readonly sequence: bigint;
}

/** A node's place, signed with the register's key at admission. */
export interface MembershipCertificate {
  readonly registerId: string;
  readonly name: Hostname;
  readonly identityKey: IdentityKey;
  readonly asn: Asn;
  readonly tunnelAddress6: Ip;
  readonly tunnelAddress4: Ip;
  readonly nodeAddress6: Ip;
  readonly nodeAddress4: Ip;
  /** Revision number and epoch of the admission. */
  readonly serial: bigint;
  readonly epoch: bigint;
  readonly issuedAtSeconds: bigint;
}

/** Another identity key for a name, signed with the old one or with an operator key. */
export interface Succession {
  readonly registerId: string;
  readonly name: Hostname;
  readonly oldIdentityKey: IdentityKey;
  readonly newIdentityKey: IdentityKey;
  readonly issuedAtSeconds: bigint;
}

/** What a tombstone vouches for, signed with the register's key. */
export interface Removal {
  readonly registerId: string;
  readonly epoch: bigint;
  readonly name: Hostname;
  readonly asn: Asn;
  readonly removedAt: bigint;
  readonly reason: string;
}

/** The controller's proof of which register it speaks for, bound to one TLS certificate; signed with the register's key. */
export interface ControllerProof {
  /** Hexadecimal of the client's 32 bytes. */
  readonly nonce: string;
  readonly registerId: string;
  readonly registerKey: RegisterKey;
  /** Hexadecimal SHA-256 of the server's certificate (DER). */
  readonly certificateHash: string;
  /** The controller's clock. */
  readonly nowMs: bigint;
}
