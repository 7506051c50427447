// What came of a call that did not succeed: a refusal with its remedy, or no controller.
import { status, type ServiceError } from '@grpc/grpc-js';
import type { Refusal } from '../../shared/outcome/refusal.ts';
import { refusalFromWire, refusalMetadataKey } from '../../shared/wire/refusal.ts';

export type CallFailure =
  | { readonly ok: false; readonly kind: 'refused'; readonly refusal: Refusal }
  /** "untrusted": it answers, and is not the controller that this node trusts. */
  | { readonly ok: false; readonly kind: 'unreachable' | 'untrusted'; readonly reason: string }
  /** A stream that lived its time: it goes on with a fresh proof. */
  | { readonly ok: false; readonly kind: 'resume'; readonly reason: string };

export type CallResult<T> = { readonly ok: true; readonly value: T } | CallFailure;

export const failureFrom = (error: ServiceError, address: string): CallFailure => {
  const [bytes] = error.metadata.get(refusalMetadataKey);
  const refusal = Buffer.isBuffer(bytes) ? refusalFromWire(bytes) : undefined;
  if (refusal !== undefined) return { ok: false, kind: 'refused', refusal };
  return { ok: false, kind: 'unreachable', reason: `${address}: ${reasonOf(error)}` };
};

const reasonOf = (error: ServiceError): string => {
  if (error.code === status.UNIMPLEMENTED) {
    return 'it does not know this call: the controller is older than this client, update it';
  }
  if (error.code === status.DEADLINE_EXCEEDED) return 'it did not answer in time';
  return error.details === '' ? status[error.code] : plainDetails(error.details);
};

/** grpc-js wraps the system's own words: "No connection established. Last error: Error: … Resolution note: ". */
const plainDetails = (details: string): string =>
  /Last error: (?:Error: )?(?<cause>.+?)\.? Resolution note:/s.exec(details)?.groups?.['cause'] ??
  details;

export const failureText = (failure: CallFailure): string =>
  failure.kind === 'refused'
    ? `${failure.refusal.code}: ${failure.refusal.detail}`
    : failure.reason;
