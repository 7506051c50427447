// Answers one call: who calls, what is asked, the answer; refusals and faults become statuses.
import {
  status,
  type handleUnaryCall,
  type Metadata,
  type ServerUnaryCall,
  type StatusObject,
} from '@grpc/grpc-js';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import { refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { nodeOf } from '../register/register.ts';
import type { Caller, RpcGiven } from './given.ts';
import { statusOfRefusal } from './status-of-refusal.ts';

export interface Handling<Request, Response> {
  /** Full path of the call. */
  readonly method: string;
  /** Whose key must have signed; default: that of the register's node. */
  readonly keyIn?: (request: Request) => (name: Hostname) => IdentityKey | undefined;
  readonly handle: (request: Request, caller: Caller) => Promise<Outcome<Response>>;
}

export const answer =
  <Request, Response>(
    given: RpcGiven,
    handling: Handling<Request, Response>,
  ): handleUnaryCall<Request, Response> =>
  (call, done) => {
    outcomeOf(given, handling, call).then(
      (outcome) => {
        if (outcome.ok) done(null, outcome.value);
        else done(statusFor(given, outcome));
      },
      (fault: unknown) => {
        done(statusOfFault(given, handling.method, fault));
      },
    );
  };

const outcomeOf = async <Request, Response>(
  given: RpcGiven,
  { method, keyIn, handle }: Handling<Request, Response>,
  call: ServerUnaryCall<Request, Response>,
): Promise<Outcome<Response>> => {
  const keyOf = keyIn?.(call.request);
  const caller = await callerOf(given, { method, metadata: call.metadata, keyOf });
  return caller.ok ? handle(call.request, caller.value) : caller;
};

interface Call {
  readonly method: string;
  readonly metadata: Metadata;
  readonly keyOf?: ((name: Hostname) => IdentityKey | undefined) | undefined;
}

export const callerOf = (
  given: RpcGiven,
  { method, metadata, keyOf }: Call,
): Promise<Outcome<Caller>> => {
  const [authorization] = metadata.get('authorization');
  const register = given.hub.register();
  return given.authenticate({
    method,
    authorization: typeof authorization === 'string' ? authorization : undefined,
    registerId: register.revision.registerId,
    keyOf: keyOf ?? ((name) => nodeOf(register, name)?.identityKey),
  });
};

export const statusFor = (
  given: RpcGiven,
  { refusal }: Extract<Outcome<unknown>, { ok: false }>,
): StatusObject => {
  given.counters.refused(refusal.code);
  return statusOfRefusal(refusal);
};

/** People are told what to do; what broke stands in the controller's log. */
export const statusOfFault = (
  given: RpcGiven,
  method: string,
  fault: unknown,
): Partial<StatusObject> => {
  given.log.error(`a call of ${method} failed inside the controller`, {
    error: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
  });
  return {
    code: status.INTERNAL,
    details: "the controller could not do this; its log says why, at this call's time",
  };
};

/** The node that `name` is about, if the caller is that node. */
export const selfOf = (caller: Caller, name: string): Outcome<Hostname> =>
  caller.kind === 'node' && caller.name === name
    ? { ok: true, value: caller.name }
    : refused('forbidden', `a node can speak only for itself, not for "${name.slice(0, 80)}"`);
