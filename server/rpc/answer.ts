// Answers one call: who calls, what is asked, the answer; refusals and faults become statuses.
import { status, type handleUnaryCall, type StatusObject } from '@grpc/grpc-js';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Parsed } from '../../shared/outcome/parsed.ts';
import type { Outcome, Refusal } from '../../shared/outcome/refusal.ts';
import { admitCall, type Caller } from './admit-call.ts';
import type { RpcGiven } from './given.ts';
import { statusOfRefusal } from './status-of-refusal.ts';

export interface Handling<Request, Response> {
  /** Full path of the call. */
  readonly method: string;
  /** The node that a request says it comes from; absent in calls of operators. */
  readonly from?: (request: Request) => { name: string; presented?: Parsed<IdentityKey> };
  readonly handle: (
    request: Request,
    caller: Caller,
  ) => Outcome<Response> | Promise<Outcome<Response>>;
}

export const answer =
  <Request, Response>(
    given: RpcGiven,
    handling: Handling<Request, Response>,
  ): handleUnaryCall<Request, Response> =>
  (call, done) => {
    const { request, metadata } = call;
    const { method, from, handle } = handling;
    const outcome = async (): Promise<Outcome<Response>> => {
      const sender = from?.(request) ?? { name: '' };
      const admitted = await admitCall(given, {
        method,
        metadata,
        peer: call.getPeer(),
        ...sender,
      });
      return admitted.ok ? handle(request, admitted.value) : admitted;
    };
    outcome().then(
      (result) => {
        if (result.ok) done(null, result.value);
        else done(countedStatus(given, result.refusal));
      },
      (fault: unknown) => {
        done(statusOfFault(given, method, fault));
      },
    );
  };

export const countedStatus = (given: RpcGiven, refusal: Refusal): StatusObject => {
  given.counters.refused(refusal.code);
  return statusOfRefusal(refusal);
};

/** What broke stands in the controller's log; the caller is only told to look there. */
export const statusOfFault = (
  given: RpcGiven,
  method: string,
  fault: unknown,
): Partial<StatusObject> => {
  given.log.error(`a call of ${method} failed inside the controller`, {
    error: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
  });
  return { code: status.INTERNAL, details: 'the controller could not do this; its log says why' };
};
