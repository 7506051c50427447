// Checks who calls: a node by a short-lived token signed with its own key, an administrator by a token.
import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Secret } from '../../shared/log/secret.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { publicKeyFrom } from '../../shared/trust/signed.ts';
import { fileAdministrator } from '../register/administrator.ts';
import type { Administrator, AdminRole } from '../register/record.ts';
import { createGuessLimit } from './guess-limit.ts';
import { mayAct } from './permissions.ts';
import { createReplayGuard } from './replay.ts';

export interface ProofQuestion {
  /** The value of the "authorization" metadata. */
  readonly authorization: string;
  /** The name that the request claims. */
  readonly name: string;
  readonly key: IdentityKey;
  /** Register id and certificate hash. */
  readonly audience: string;
  /** Full path of the call. */
  readonly method: string;
}

export interface CallerChecks {
  checkNode(question: ProofQuestion): Promise<Outcome<undefined>>;
  checkAdministrator(question: TokenQuestion): Outcome<AdministratorCalling>;
}

export interface TokenQuestion {
  /** The value of the "authorization" metadata. */
  readonly authorization: string;
  /** Whom wrong tokens count against; undefined = nobody. */
  readonly source: string | undefined;
  /** Those beside the one of the file. */
  readonly administrators: readonly Administrator[];
  readonly needed: AdminRole;
}

export interface AdministratorCalling {
  readonly name: string;
  readonly role: AdminRole;
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
  return {
    checkNode: async (question) => {
      const payload = await verify(question, clock.now());
      return payload.ok ? once(seen, payload.value, question.name) : payload;
    },
    checkAdministrator: administratorChecks(clock, adminToken),
  };
};

const once = (
  seen: ReturnType<typeof createReplayGuard>,
  { jti }: JWTPayload,
  name: string,
): Outcome<undefined> => {
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

const administratorChecks = (
  clock: Pick<Clock, 'now'>,
  adminToken: Secret,
): CallerChecks['checkAdministrator'] => {
  const guesses = createGuessLimit(clock);
  const adminHash = digest(adminToken.reveal());
  return (question) => {
    const { source } = question;
    if (source !== undefined && guesses.isShut(source)) {
      return refused(
        'overloaded',
        'too many wrong tokens came from this address; wait a minute and try again',
      );
    }
    const caller = administratorOf(question, adminHash);
    if (caller === undefined) {
      if (source !== undefined) guesses.wrong(source);
      return unproven(
        "this call needs an administrator's token: give meshoverctl the file admin.token of the " +
          "controller's state directory, or a token of your own, with -token-file",
      );
    }
    return mayAct(caller.role, question.needed)
      ? accepted(caller)
      : refused(
          'forbidden',
          `"${caller.name}" is ${caller.role}, and this needs the role ${question.needed}; ask an administrator of that role`,
        );
  };
};

/** Compares with every administrator whatever matches, so that the time tells nothing. */
const administratorOf = (
  { authorization, administrators }: TokenQuestion,
  adminHash: Buffer,
): AdministratorCalling | undefined => {
  const shown = digest(tokenOf(authorization));
  let caller: AdministratorCalling | undefined;
  for (const { name, role, tokenHash } of administrators) {
    if (timingSafeEqual(shown, Buffer.from(tokenHash, 'hex'))) caller = { name, role };
  }
  return timingSafeEqual(shown, adminHash) ? { name: fileAdministrator, role: 'admin' } : caller;
};

const verify = async (question: ProofQuestion, nowMs: number): Promise<Outcome<JWTPayload>> => {
  try {
    const { payload } = await jwtVerify(
      tokenOf(question.authorization),
      publicKeyFrom(question.key),
      {
        algorithms: ['EdDSA'],
        audience: question.audience,
        subject: question.name,
        currentDate: new Date(nowMs),
        clockTolerance: toleranceSeconds,
        maxTokenAge: lifetimeSeconds,
        requiredClaims: ['exp', 'iat', 'jti'],
      },
    );
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

/** What the register keeps of an administrator's token. */
export const tokenHashOf = (token: string): string => digest(token).toString('hex');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
