// One attendance at one controller: trust it, join, follow its peers stream until that ends.
import type { Endpoint } from '../../shared/address/endpoint.ts';
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { proveNode } from '../identity/proof.ts';
import type { CallFailure } from './failure.ts';
import type { Joined } from './joined.ts';
import { openSession, type Session } from './session.ts';
import {
  checkPin,
  fingerprintOf,
  pinComplaint,
  pinPath,
  presentedAuthority,
  readPin,
  writePin,
  type Authority,
} from './trust.ts';
import type { UplinkGiven } from './given.ts';

/** The register id is not known before the first join. */
const joinAudience = 'join';

export interface Trusted {
  readonly authority: Authority;
  /** Seen for the first time: to be pinned once the node has joined. */
  readonly fresh: boolean;
}

/** The pinned authority, or the one that is presented where none is pinned yet. */
export const trustFor = async (given: UplinkGiven, address: string): Promise<Parsed<Trusted>> => {
  const { files, config } = given;
  const pin = await readPin(files, config.stateDir);
  if (pin === undefined) {
    const presented = await presentedAuthority(address);
    return presented.ok ? parsed({ authority: presented.value, fresh: true }) : presented;
  }
  const checked = checkPin(pin, pinPath(config.stateDir));
  return checked.ok ? parsed({ authority: checked.value, fresh: false }) : checked;
};

export const pin = async (
  given: UplinkGiven,
  address: string,
  authority: Authority,
): Promise<void> => {
  await writePin(given.files, given.config.stateDir, authority);
  given.log.info(
    `trusting the controller at ${address} from now on, by its authority's fingerprint`,
    {
      address,
      reason: `SHA-256 ${fingerprintOf(authority)}`,
      path: pinPath(given.config.stateDir),
    },
  );
};

/** Why a trusted controller could not be reached: perhaps it is not the trusted one. */
export const diagnose = async (
  given: UplinkGiven,
  address: string,
  pinned: Authority,
): Promise<string | undefined> => {
  const presented = await presentedAuthority(address);
  return presented.ok
    ? pinComplaint(address, {
        pinned,
        presented: presented.value,
        path: pinPath(given.config.stateDir),
      })
    : undefined;
};

export const sessionFor = (
  given: UplinkGiven,
  address: string,
  options: { readonly authority: Authority; readonly registerId: () => string | undefined },
): Session =>
  openSession({
    address,
    authority: options.authority,
    name: given.config.hostname,
    prove: (method) =>
      proveNode(given.identity, {
        name: given.config.hostname,
        audience: method.endsWith('/Join') ? joinAudience : (options.registerId() ?? joinAudience),
        method,
        nowMs: given.clock.now(),
      }),
  });

export const joinRequestFor = (
  given: Pick<UplinkGiven, 'config' | 'identity'>,
  endpoints: readonly Endpoint[],
): JoinRequest => ({
  name: given.config.hostname,
  wireguardKey: given.identity.wireguardKey.public,
  identityKey: given.identity.identityKey,
  endpoints,
  gathering: given.config.gathering,
  advertise: given.config.advertise,
  linkDriver: given.config.linkDriver,
  token: '',
  signedStatement: undefined,
  succession: undefined,
});

/** Joins without changing anything: what the mesh would say to this node. */
export const askDryRun = async (
  given: UplinkGiven,
  address: string,
): Promise<Parsed<Extract<Joined, { membership: 'admitted' }>>> => {
  const trusted = await trustFor(given, address);
  if (!trusted.ok) return trusted;
  const session = sessionFor(given, address, {
    authority: trusted.value.authority,
    registerId: () => undefined,
  });
  try {
    const joined = await session.join(joinRequestFor(given, given.endpoints), true);
    if (!joined.ok) return malformed(failureText(joined));
    return joined.value.membership === 'admitted'
      ? parsed(joined.value)
      : malformed('the controller lets this node wait until an operator approves it');
  } finally {
    session.close();
  }
};

export const failureText = (failure: CallFailure): string =>
  failure.kind === 'refused'
    ? `${failure.refusal.code}: ${failure.refusal.detail}`
    : failure.reason;

/** Where to resume: only within the same register. */
export const resumePoint = (held: Revision | undefined, joined: Revision): Revision | undefined =>
  held?.registerId === joined.registerId ? held : undefined;
