// The first words with a controller: which register is it, and is it the one that this node trusts?
import { proveNode } from '../identity/proof.ts';
import {
  controllerPinPath,
  readControllerPin,
  writeControllerPin,
  type ControllerPin,
} from '../identity/controller-pin.ts';
import type { OperatorKey } from '../../shared/address/key.ts';
import { registerFingerprint } from '../../shared/trust/fingerprint.ts';
import { failureText, type CallResult } from './failure.ts';
import type { Ending, UplinkGiven } from './given.ts';
import type { Presented } from './hello.ts';
import { openSession, type Session } from './session.ts';
import { tokenComplaint } from './token.ts';

/** A controller that this node may tell all that it has to tell. */
export interface Met {
  readonly session: Session;
  readonly address: string;
  readonly controller: Presented;
  /** Undefined at first contact. */
  readonly pinned: ControllerPin | undefined;
  /** The controller's clock. */
  readonly nowMs: () => number;
}

export type Meeting =
  { readonly ok: true; readonly value: Met } | ({ readonly ok: false } & Ending);

/** The session is closed again where the controller is not met; `onOpen` may close it earlier. */
export const meet = async (
  given: UplinkGiven,
  address: string,
  onOpen: (session: Session) => void = () => undefined,
): Promise<Meeting> => {
  const pinned = await readControllerPin(given.files, given.config.stateDir);
  if (!pinned.ok) return { ok: false, kind: 'refused', reason: pinned.reason };
  let proof = { audience: '', aheadMs: 0 };
  const nowMs = (): number => given.monotonicMs() + proof.aheadMs;
  const session = openSession({
    address,
    name: given.config.hostname,
    prove: (method) =>
      proveNode(given.identity, {
        name: given.config.hostname,
        audience: proof.audience,
        method,
        nowMs: nowMs(),
      }),
  });
  onOpen(session);
  const hello = await session.hello();
  const known = hello.ok ? trustIn(given, hello.value, { address, pin: pinned.value }) : hello;
  if (!known.ok) {
    session.close();
    return { ok: false, ...endingOf(known) };
  }
  const { registerId, certificateHash } = known.value;
  proof = {
    audience: `${registerId} ${certificateHash}`,
    aheadMs: known.value.nowMs - given.monotonicMs(),
  };
  return {
    ok: true,
    value: { session, address, controller: known.value, pinned: pinned.value, nowMs },
  };
};

/** Pins the controller that is met for the first time, or completes what is pinned. */
export const pinController = async (
  given: UplinkGiven,
  met: Met,
  operatorKeys?: readonly OperatorKey[],
): Promise<ControllerPin> => {
  const { registerId, registerKey } = met.controller;
  const { pinned } = met;
  const pin = { registerId, registerKey, operatorKeys: pinned?.operatorKeys ?? operatorKeys };
  if (pinned !== undefined && pinned.operatorKeys === pin.operatorKeys) return pinned;
  await writeControllerPin(given.files, given.config.stateDir, pin);
  if (pinned === undefined) {
    given.log.info(
      `trusting the controller at ${met.address} from now on; its log shows the same fingerprint, or it is another one`,
      {
        address: met.address,
        fingerprint: registerFingerprint(registerKey),
        path: controllerPinPath(given.config.stateDir),
      },
    );
  }
  return pin;
};

const endingOf = (failure: Exclude<CallResult<never>, { ok: true }>): Ending =>
  failure.kind === 'unreachable'
    ? { kind: 'unreachable', reason: failure.reason }
    : { kind: 'refused', reason: failureText(failure) };

/** Before anything secret is said: is it the pinned register, and the one that the token is of? */
const trustIn = (
  { config }: UplinkGiven,
  presented: Presented,
  { address, pin }: { readonly address: string; readonly pin: ControllerPin | undefined },
): CallResult<Presented> => {
  const complaint =
    (pin && pinComplaint(address, { pin, presented })) ??
    (config.token && tokenComplaint(config.token, { address, presented }));
  return complaint === undefined
    ? { ok: true, value: presented }
    : { ok: false, kind: 'untrusted', reason: complaint };
};

const pinComplaint = (
  address: string,
  { pin, presented }: { readonly pin: ControllerPin; readonly presented: Presented },
): string | undefined => {
  const [pinned, shown] = [pin, presented].map((each) => registerFingerprint(each.registerKey));
  const remedy =
    'If you know that, and its log shows that fingerprint, stop the client, run "client -repin" and start it again';
  if (pinned !== shown) {
    return (
      `the controller at ${address} proves another register (fingerprint ${shown}) than the one this node ` +
      `trusts (${pinned}): it was set up anew, or somebody stands between. ${remedy}`
    );
  }
  return pin.registerId === presented.registerId
    ? undefined
    : `the controller at ${address} (fingerprint ${shown}) has another register than the one this node ` +
        `knows: its database was made anew. ${remedy}`;
};
