// Decides who comes in: nodes that are known, those with a token, everybody where it is open; the others wait.
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Act } from './act.ts';
import { noChange, type Changed } from './change.ts';
import { joinNode, type Admission, type Joined } from './join.ts';
import { lookUp } from './persistent-map.ts';
import type { JoinToken } from './record.ts';
import { nodeOf, type Register } from './register.ts';
import { successionFor } from './succession.ts';
import { complaintOfUse, unknownToken, withUse } from './token.ts';

/** new: never seen; removed: its key was in the mesh before; rekey: the name belongs to another identity key. */
export type WhyWaiting = 'new' | 'removed' | 'rekey';

export type Admitted =
  | (Joined & { readonly kind: 'joined' })
  | (Changed & { readonly kind: 'waits'; readonly why: WhyWaiting });

export interface Knock {
  readonly act: Act;
  /** Everybody is admitted. */
  readonly open: boolean;
  /** Id of the join token, whose signature was verified; undefined without one. */
  readonly tokenId: string | undefined;
}

export const admitNode = (
  register: Register,
  request: JoinRequest,
  { act, open, tokenId }: Knock,
): Outcome<Admitted> => {
  const known = nodeOf(register, request.name);
  const admission = { ...act, open };
  if (known?.identityKey === request.identityKey) {
    return joined(joinNode(register, request, admission));
  }
  if (known !== undefined) return takeOver(register, request, admission);
  const barred = lookUp(register.barred, request.identityKey);
  const token = tokenId === undefined ? undefined : lookUp(register.tokens, tokenId);
  if (tokenId !== undefined && mayReadmit(token, barred?.atMs)) {
    return redeem(register, request, { act, token });
  }
  return open && barred === undefined
    ? joined(joinNode(register, request, admission))
    : waits(register, request, { act, why: barred === undefined ? 'new' : 'removed' });
};

/** A token from before the removal does not bring a removed node back. */
const mayReadmit = (token: JoinToken | undefined, removedAtMs: number | undefined): boolean =>
  removedAtMs === undefined || (token !== undefined && token.createdAtMs > removedAtMs);

const redeem = (
  register: Register,
  request: JoinRequest,
  { act, token }: { readonly act: Act; readonly token: JoinToken | undefined },
): Outcome<Admitted> => {
  if (token === undefined) return unknownToken;
  const complaint = complaintOfUse(token, request.name, act.atMs);
  if (complaint !== undefined) return complaint;
  const { id, grants, tags } = token;
  const who = `token ${id}`;
  const outcome = joinNode(register, request, { ...act, who, open: false, grants, tags });
  return joined(outcome.ok ? accepted(withUse(outcome.value, id, request.name)) : outcome);
};

/** The name belongs to another key: its word, or an operator, may pass it on. */
const takeOver = (
  register: Register,
  request: JoinRequest,
  admission: Admission,
): Outcome<Admitted> => {
  if (request.succession === undefined) {
    return waits(register, request, { act: admission, why: 'rekey' });
  }
  const signed = successionFor(register, request, request.succession);
  if (!signed.ok) return refused('malformed', signed.reason);
  const succession = { signed: signed.value };
  return joined(joinNode(register, request, { ...admission, succession }));
};

const waits = (
  register: Register,
  request: JoinRequest,
  { act, why }: { readonly act: Act; readonly why: WhyWaiting },
): Outcome<Admitted> => {
  // What could never be admitted is told so at once.
  const tried = joinNode(register, request, {
    ...{ ...act, open: false },
    ...(why === 'rekey' ? { succession: { signed: undefined } } : {}),
  });
  return tried.ok ? accepted({ kind: 'waits', why, register, change: noChange }) : tried;
};

const joined = (outcome: Outcome<Joined>): Outcome<Admitted> =>
  outcome.ok ? accepted({ ...outcome.value, kind: 'joined' }) : outcome;
