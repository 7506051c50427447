// An operator lets a waiting node in, or gives it a name that another identity key has.
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import { refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Act } from './act.ts';
import { wishesFrom } from './announcement.ts';
import { withEvent } from './audit.ts';
import { noChange, type Changed } from './change.ts';
import { grantsFor } from './grant.ts';
import { joinNode, type Joined } from './join.ts';
import { nodeOf, noGrants, type Register } from './register.ts';
import { successionFor } from './succession.ts';
import { complaintOfTags } from './token.ts';

interface Approval {
  readonly request: JoinRequest;
  /** All that it asks for. */
  readonly authorise: boolean;
  readonly tags: readonly string[];
}

export const approveNode = (
  register: Register,
  { request, authorise, tags }: Approval,
  act: Act,
): Outcome<Joined> => {
  const complaint = complaintOfTags(tags);
  if (complaint !== undefined) return refused('malformed', complaint);
  const wishes = wishesFrom(request, register.settings);
  if (!wishes.ok) return wishes;
  const grants = authorise ? grantsFor(wishes.value) : noGrants;
  return joinNode(register, request, { ...act, open: false, grants, tags, what: 'node-approved' });
};

interface Rekeying {
  readonly request: JoinRequest;
  /** By an operator key; undefined where none is given. */
  readonly succession: Signed | undefined;
}

export const rekeyNode = (
  register: Register,
  { request, succession }: Rekeying,
  act: Act,
): Outcome<Joined> => {
  const { name } = request;
  if (nodeOf(register, name) === undefined) {
    return refused(
      'unknown-node',
      `there is no node "${name}"; meshoverctl approve ${name} admits it`,
    );
  }
  if (succession === undefined) {
    return register.settings.operatorKeys.length > 0
      ? refused(
          'succession-needed',
          `the nodes of this mesh believe only an operator key's word on another identity key for "${name}": ` +
            'give the operator key to meshoverctl rekey with -operatorkey',
        )
      : joinNode(register, request, { ...act, open: false, succession: { signed: undefined } });
  }
  const signed = successionFor(register, request, succession);
  return signed.ok
    ? joinNode(register, request, { ...act, open: false, succession: { signed: signed.value } })
    : refused('malformed', signed.reason);
};

/** The word of a rejection; the node itself never was in the register. */
export const rejectNode = (register: Register, request: JoinRequest, act: Act): Changed => {
  const { name, identityKey } = request;
  const fact = { what: 'node-rejected', subject: name, old: { identityKey } } as const;
  return withEvent({ register, change: noChange }, act, fact);
};
