// Why the controller says no: closed words for programs, a sentence for people.
import { printable } from './printable.ts';

/** Closed set: used in gRPC details, metric labels and exit messages. */
export const refusalCodes = [
  'malformed', // a field is not what the contract says
  'name-taken', // the hostname belongs to another identity key
  'key-taken', // the identity or WireGuard key belongs to another node
  'pool-exhausted', // no free address in a pool
  'unknown-node', // no node of that name
  'unauthenticated', // the caller did not prove who it is
  'forbidden', // the caller may not do this
  'overloaded', // too much at once: try again
  'removed', // the node was removed by an operator
  'rejected', // an operator turned the waiting node away
  'token-invalid', // the join token is not one of this controller, or not for this node
  'token-expired', // the join token's time is over
  'token-used', // as many nodes have joined with the token as may
  'token-revoked', // an operator took the join token back
  'not-waiting', // no node of that name waits for an operator
  'fingerprint-mismatch', // another node waits than the one that was meant
  'succession-needed', // the nodes believe only an operator key's word on this change of keys
  'unknown-token', // no join token of that id
  'unknown-administrator', // no administrator of that name
] as const;

export type RefusalCode = (typeof refusalCodes)[number];

export const isRefusalCode = (text: string): text is RefusalCode =>
  (refusalCodes as readonly string[]).includes(text);

export interface Refusal {
  readonly code: RefusalCode;
  /** For people: what is wrong and what to do. */
  readonly detail: string;
}

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export const accepted = <T>(value: T): Outcome<T> => ({ ok: true, value });

export const refused = (
  code: RefusalCode,
  detail: string,
): { readonly ok: false; readonly refusal: Refusal } => ({
  ok: false,
  refusal: { code, detail: printable(detail) },
});
