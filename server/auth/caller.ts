// Checks who calls: a node by a short-lived token signed with its own key, an operator by the admin token.
import { createHash, createPublicKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Secret } from '../../shared/log/secret.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { createReplayGuard } from './replay.ts';

export interface ProofQuestion {
  /** The value of the "authorization" metadata. */
  readonly authorization: string;
  /** The name that the request claims. */
  readonly name: string;
  readonly key: IdentityKey;
  readonly audiences: readonly string[];
  /** Full path of the call. */
  readonly method: string;
}

export interface CallerChecks {
  checkNode(question: ProofQuestion): Promise<Outcome<undefined>>;
  checkAdmin(authorization: string): Outcome<undefined>;
}

/** Clocks of nodes are seldom exact, and a node that is off must still learn the reason. */
const toleranceSeconds = 60;
const lifetimeSeconds = 60;
const mostRemembered = 500_000;

export const createCallerChecks = (clock: Pick<Clock, 'now'>, adminToken: Secret): CallerChecks => {
  const seen = createReplayGuard(clock, {
    lifetimeMs: 1000 * (lifetimeSeconds + 2 * toleranceSeconds),
    most: mostRemembered,
  });
  const once = ({ jti }: JWTPayload, name: string): Outcome<undefined> => {
    if (jti === undefined || jti.length > 64) return unproven('its proof has no good jti');
    switch (seen(`${name} ${jti}`)) {
      case 'first':
        return accepted(undefined);
      case 'again':
        return unproven('the same proof was used before; each call needs a new one');
      case 'full':
        return refused('overloaded', 'too many calls at once; try again in a minute');
    }
  };
  return {
    checkNode: async (question) => {
      const payload = await verify(question, clock.now());
      return payload.ok ? once(payload.value, question.name) : payload;
    },
    checkAdmin: (authorization) =>
      sameSecret(tokenOf(authorization), adminToken.reveal())
        ? accepted(undefined)
        : unproven(
            'this call needs the admin token: give meshoverctl the file admin.token of the ' +
              "controller's state directory with -token-file",
          ),
  };
};

const verify = async (question: ProofQuestion, nowMs: number): Promise<Outcome<JWTPayload>> => {
  try {
    const { payload } = await jwtVerify(tokenOf(question.authorization), keyFrom(question.key), {
      algorithms: ['EdDSA'],
      audience: [...question.audiences],
      subject: question.name,
      currentDate: new Date(nowMs),
      clockTolerance: toleranceSeconds,
      maxTokenAge: lifetimeSeconds,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    if (payload['method'] !== question.method) return unproven('its proof is for another call');
    if ((payload.exp ?? Infinity) - (payload.iat ?? 0) > lifetimeSeconds) {
      return unproven(`its proof is good for more than ${lifetimeSeconds} seconds`);
    }
    return accepted(payload);
  } catch (fault) {
    if (fault instanceof errors.JOSEError) return unproven(reasonOf(fault));
    throw fault;
  }
};

const reasonOf = (fault: errors.JOSEError): string =>
  fault instanceof errors.JWTExpired || /"(iat|nbf)" claim/.test(fault.message)
    ? "its proof is out of date: set the node's clock (NTP), or the controller's"
    : `its proof is not good (${fault.message})`;

const unproven = (reason: string): ReturnType<typeof refused> =>
  refused('unauthenticated', `the caller did not prove who it is: ${reason}`);

const tokenOf = (authorization: string): string => authorization.replace(/^Bearer /i, '');

const keyFrom = (key: IdentityKey): KeyObject =>
  createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'base64').toString('base64url') },
  });

const sameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
