// Admits a node, or takes over what it says of itself now.
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import { accepted, type Outcome, type Refusal } from '../../shared/outcome/refusal.ts';
import type { Act } from './act.ts';
import { placeFor } from './allocate.ts';
import { wishesFrom } from './announcement.ts';
import { describedNode, differenceOf, withEvent } from './audit.ts';
import { noChange, putNode, withBar, type Changed } from './change.ts';
import { certificateFor } from './certificate.ts';
import { identityClaim, wireguardClaim } from './claim.ts';
import { announcedFrom, grantsFor, unionOf } from './grant.ts';
import { lookUp } from './persistent-map.ts';
import type { Grants, Wishes } from './record.ts';
import { nodeOf, noGrants, type Place, type RegisteredNode, type Register } from './register.ts';
import { statementFor } from './statement.ts';

export interface Joined extends Changed {
  /** The node as peers will see it. */
  readonly node: RegisteredNode;
}

export interface Admission extends Act {
  /** All that is asked for is authorised at once, and nothing else. */
  readonly open: boolean;
  /** Authorised with the admission, beside what already is. */
  readonly grants?: Grants;
  readonly tags?: readonly string[];
  /** The word of the audit log for a node that is new. */
  readonly what?: 'node-joined' | 'node-approved';
  /** The name passes to the identity key of the request. */
  readonly succession?: { readonly signed: Signed | undefined };
}

/**
 * Who may join at all is decided before. The same request twice changes nothing the second time;
 * to answer a dry run, drop the result. Cost does not grow with the register (persistent maps).
 */
export const joinNode = (
  register: Register,
  request: JoinRequest,
  admission: Admission,
): Outcome<Joined> => {
  const known = nodeOf(register, request.name);
  const taken = takenBy(register, request, admission);
  if (taken !== undefined) return { ok: false, refusal: taken };
  const wishes = wishesFrom(request, register.settings);
  if (!wishes.ok) return wishes;
  const place = known === undefined ? placeFor(register, request.name) : accepted(known);
  if (!place.ok) return place;
  const { registerId } = register.revision;
  const statement = statementFor(request, { registerId, place: place.value, known });
  if (!statement.ok) return statement;
  const node = nodeFrom(request, {
    ...{ known, admission, wishes: wishes.value, place: placeOnly(place.value) },
    signedStatement: statement.value,
  });
  const same = known?.identityKey === request.identityKey ? known : undefined;
  const next = {
    ...node,
    certificate: same?.certificate ?? certificateFor(register, node, admission),
  };
  return same !== undefined && saysTheSame(same, next)
    ? accepted({ register, node: same, change: noChange })
    : accepted(recorded(putNode(register, next), known, admission));
};

interface Parts {
  readonly known: RegisteredNode | undefined;
  readonly wishes: Wishes & Pick<JoinRequest, 'endpoints'>;
  readonly place: Place;
  readonly admission: Admission;
  readonly signedStatement: Signed | undefined;
}

type Uncertified = Omit<RegisteredNode, 'changedAt' | 'certificate'>;

const nodeFrom = (request: JoinRequest, parts: Parts): Uncertified => {
  const { known, wishes, place, admission, signedStatement } = parts;
  const { name, wireguardKey, identityKey, linkDriver } = request;
  const asked = { advertise: wishes.advertise, gathering: wishes.gathering };
  const authorised = admission.open
    ? grantsFor(asked)
    : unionOf(known?.authorised ?? noGrants, admission.grants ?? noGrants);
  return {
    ...{ name, wireguardKey, identityKey, linkDriver, endpoints: wishes.endpoints },
    ...place,
    ...announcedFrom(asked, authorised),
    ...{ asked, authorised, signedStatement },
    succession:
      admission.succession === undefined ? known?.succession : admission.succession.signed,
    tags: sortedTags([...(known?.tags ?? []), ...(admission.tags ?? [])]),
  };
};

const sortedTags = (tags: readonly string[]): readonly string[] => [...new Set(tags)].sort();

/** With its word in the audit log; a key that leaves is barred, one that comes in is not any more. */
const recorded = (
  joined: Joined,
  known: RegisteredNode | undefined,
  admission: Admission,
): Joined => {
  const { node } = joined;
  const subject = node.name;
  if (known === undefined) {
    const what = admission.what ?? 'node-joined';
    const free = withBar(joined, node.identityKey, undefined);
    return withEvent(free, admission, { what, subject, new: describedNode(node) });
  }
  const difference = differenceOf(describedNode(known), describedNode(node));
  if (known.identityKey === node.identityKey) {
    // A statement that is only signed anew is no change that an operator could see.
    return difference === undefined
      ? joined
      : withEvent(joined, admission, { what: 'node-changed', subject, ...difference });
  }
  const { identityKey, name } = known;
  const free = withBar(joined, node.identityKey, undefined);
  const barred = withBar(free, identityKey, { identityKey, name, atMs: admission.atMs });
  return withEvent(barred, admission, { what: 'node-rekeyed', subject, ...difference });
};

const takenBy = (
  register: Register,
  request: JoinRequest,
  { succession }: Admission,
): Refusal | undefined => {
  const { name, identityKey, wireguardKey } = request;
  const known = nodeOf(register, name);
  if (known !== undefined && known.identityKey !== identityKey && succession === undefined) {
    return {
      code: 'name-taken',
      detail:
        `the name "${name}" belongs to a node with another identity key; choose another name ` +
        `with -hostname; if this machine is to take the place of that node: meshoverctl rekey ${name}; ` +
        `if that node is gone for good: meshoverctl remove ${name}`,
    };
  }
  for (const [what, claim] of [
    ['identity', identityClaim(identityKey)],
    ['WireGuard', wireguardClaim(wireguardKey)],
  ] as const) {
    const holder = lookUp(register.claims, claim);
    if (holder !== undefined && holder !== name) {
      return {
        code: 'key-taken',
        detail:
          `the ${what} key of "${name}" belongs to node "${holder}"; a copied machine needs keys ` +
          `of its own (empty its -statedir), a renamed one: meshoverctl remove ${holder}`,
      };
    }
  }
  return undefined;
};

const placeOnly = (place: Place): Place => ({
  asn: place.asn,
  tunnelAddress6: place.tunnelAddress6,
  tunnelAddress4: place.tunnelAddress4,
  nodeAddress6: place.nodeAddress6,
  nodeAddress4: place.nodeAddress4,
});

const saysTheSame = (known: RegisteredNode, next: Omit<RegisteredNode, 'changedAt'>): boolean =>
  (Object.keys(next) as (keyof typeof next)[]).every(
    (field) => JSON.stringify(known[field]) === JSON.stringify(next[field]),
  );
