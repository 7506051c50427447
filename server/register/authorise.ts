// Grants or withdraws what a node may announce and gather.
import type { Hostname } from '../../shared/address/hostname.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Act } from './act.ts';
import { complaintOfGrants } from './announcement.ts';
import { withEvent } from './audit.ts';
import { noChange, putNode } from './change.ts';
import { announcedFrom, sortedPrefixes, unionOf, without } from './grant.ts';
import type { Joined } from './join.ts';
import type { Grants } from './record.ts';
import { nodeOf, type Register } from './register.ts';

export interface Authorisation {
  readonly name: Hostname;
  readonly grants: Grants;
  readonly withdraw: boolean;
}

/** Several nodes may hold one prefix (anycast). */
export const authoriseNode = (
  register: Register,
  { name, grants, withdraw }: Authorisation,
  act: Act,
): Outcome<Joined> => {
  const node = nodeOf(register, name);
  if (node === undefined) {
    return refused('unknown-node', `there is no node "${name}"; meshoverctl nodes lists all names`);
  }
  const given: Grants = {
    advertise: sortedPrefixes(grants.advertise),
    gathering: sortedPrefixes(grants.gathering),
  };
  const complaint = withdraw
    ? complaintOfWithdrawal(name, given, node.authorised)
    : complaintOfGrants(unionOf(node.authorised, given), register.settings);
  if (complaint !== undefined) return refused('malformed', complaint);
  const authorised = withdraw ? without(node.authorised, given) : unionOf(node.authorised, given);
  if (JSON.stringify(authorised) === JSON.stringify(node.authorised)) {
    return accepted({ register, node, change: noChange });
  }
  const next = { ...node, authorised, ...announcedFrom(node.asked, authorised) };
  return accepted(
    withEvent(putNode(register, next), act, {
      what: withdraw ? 'withdrawn' : 'authorised',
      subject: name,
      old: { ...node.authorised },
      new: { ...authorised },
    }),
  );
};

const complaintOfWithdrawal = (name: Hostname, given: Grants, held: Grants): string | undefined => {
  const { advertise, gathering } = without(given, held);
  const [missing] = [...advertise, ...gathering];
  return missing === undefined
    ? undefined
    : `"${name}" is not authorised for ${missing}, so it cannot be withdrawn; it may announce ` +
        `${held.advertise.join(', ') || 'nothing'} and gather ${held.gathering.join(', ') || 'nothing'}`;
};
