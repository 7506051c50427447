// Proves in every call who this node is, by a short-lived token signed with its own key.
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Identity } from './keys.ts';

export interface ProofClaims {
  readonly name: string;
  /** Register id and certificate hash, as Hello told both. */
  readonly audience: string;
  /** Full path of the call: "/meshover.v1.Joining/Join". */
  readonly method: string;
  readonly nowMs: number;
}

const lifetimeSeconds = 60;

/** Signs the claims; the controller accepts each token once. */
export const proveNode = (identity: Identity, claims: ProofClaims): Promise<string> => {
  const now = Math.floor(claims.nowMs / 1000);
  return new SignJWT({ method: claims.method })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
    .setSubject(claims.name)
    .setAudience(claims.audience)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(identity.signingKey);
};
