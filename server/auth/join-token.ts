// Join tokens as text: JWTs by the register's key, which say to the node which controller it may trust.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { OperatorKey } from '../../shared/address/key.ts';
import { Secret } from '../../shared/log/secret.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { operatorFingerprint, registerFingerprint } from '../../shared/trust/fingerprint.ts';
import { registerKeyOf } from '../../shared/trust/signed.ts';
import type { JoinToken } from '../register/record.ts';

const tokenType = 'meshover-join+jwt';
const audience = 'meshover-join';

/** A token is a few hundred bytes. */
const longest = 8192;

interface Issuer {
  /** Private half of the register's key. */
  readonly key: KeyObject;
  readonly registerId: string;
  readonly operatorKeys: readonly OperatorKey[];
}

type Details = Pick<JoinToken, 'id' | 'pattern' | 'createdAtMs' | 'expiresAtMs'>;

export const signJoinToken = async (token: Details, issuer: Issuer): Promise<Secret> => {
  const registerKey = registerKeyOf(issuer.key);
  const claims = {
    registerKey,
    fingerprint: registerFingerprint(registerKey),
    hostname: token.pattern,
    operators: issuer.operatorKeys.map(operatorFingerprint),
  };
  const text = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: tokenType })
    .setIssuer(issuer.registerId)
    .setAudience(audience)
    .setJti(token.id)
    .setIssuedAt(Math.floor(token.createdAtMs / 1000))
    .setExpirationTime(Math.ceil(token.expiresAtMs / 1000))
    .sign(issuer.key);
  return new Secret(text);
};

interface Reader {
  readonly key: KeyObject;
  readonly registerId: string;
  readonly nowMs: number;
}

/** The token's id. Whether it may still be used is the register's to say. */
export const readJoinToken = async (
  text: string,
  { key, registerId, nowMs }: Reader,
): Promise<Outcome<string>> => {
  if (text.length > longest) return invalid('it is too long to be one');
  try {
    const { payload } = await jwtVerify(text.trim(), createPublicKey(key), {
      algorithms: ['EdDSA'],
      typ: tokenType,
      audience,
      issuer: registerId,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    if ((payload.iat ?? Infinity) * 1000 > nowMs + toleranceMs)
      return invalid('it is of the future');
    return accepted(payload.jti ?? '');
  } catch (fault) {
    if (fault instanceof errors.JWTExpired) {
      return refused('token-expired', `the join token's time is over; ${anew}`);
    }
    if (fault instanceof errors.JOSEError) return invalid(reasonOf(fault));
    throw fault;
  }
};

/** The controller's own clock may have been set back a little since. */
const toleranceMs = 60_000;

const anew = 'ask an operator for a new one (meshoverctl token create)';

const reasonOf = (fault: errors.JOSEError): string =>
  fault instanceof errors.JWSSignatureVerificationFailed
    ? 'another controller made it, or it was changed on the way'
    : fault.message;

const invalid = (reason: string): ReturnType<typeof refused> =>
  refused('token-invalid', `the join token is not good: ${reason}; ${anew}`);
