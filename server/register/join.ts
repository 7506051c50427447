// Admits a node, or takes over what it says of itself now.
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import { accepted, type Outcome, type Refusal } from '../../shared/outcome/refusal.ts';
import type { Act } from './act.ts';
import { placeFor } from './allocate.ts';
import { wishesFrom } from './announcement.ts';
import { noChange, putNode, type Changed } from './change.ts';
import { certificateFor } from './certificate.ts';
import { identityClaim, wireguardClaim } from './claim.ts';
import { announcedFrom, grantsFor } from './grant.ts';
import { lookUp } from './persistent-map.ts';
import {
  nodeOf,
  noGrants,
  type Place,
  type RegisteredNode,
  type Register,
  type Wishes,
} from './register.ts';
import { statementFor } from './statement.ts';

export interface Joined extends Changed {
  /** The node as peers will see it. */
  readonly node: RegisteredNode;
}

export interface Admission extends Act {
  /** Everybody is admitted, and what they ask for is authorised at once. */
  readonly open: boolean;
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
  const taken = takenBy(register, request, known);
  if (taken !== undefined) return { ok: false, refusal: taken };
  const wishes = wishesFrom(request, register.settings);
  if (!wishes.ok) return wishes;
  const place = known === undefined ? placeFor(register, request.name) : accepted(known);
  if (!place.ok) return place;
  const { registerId } = register.revision;
  const statement = statementFor(request, { registerId, place: place.value, known });
  if (!statement.ok) return statement;
  const node = nodeFrom(request, {
    ...{ known, wishes: wishes.value, place: placeOnly(place.value) },
    ...{ open: admission.open, signedStatement: statement.value },
  });
  const certificate = known?.certificate ?? certificateFor(register, node, admission);
  const next = { ...node, certificate };
  return known !== undefined && saysTheSame(known, next)
    ? accepted({ register, node: known, change: noChange })
    : accepted(putNode(register, next));
};

interface Parts {
  readonly known: RegisteredNode | undefined;
  readonly wishes: Wishes & Pick<JoinRequest, 'endpoints'>;
  readonly place: Place;
  readonly open: boolean;
  readonly signedStatement: Signed | undefined;
}

type Uncertified = Omit<RegisteredNode, 'changedAt' | 'certificate'>;

const nodeFrom = (request: JoinRequest, parts: Parts): Uncertified => {
  const { known, wishes, place, signedStatement } = parts;
  const { name, wireguardKey, identityKey, linkDriver } = request;
  const asked = { advertise: wishes.advertise, gathering: wishes.gathering };
  const authorised = parts.open ? grantsFor(asked) : (known?.authorised ?? noGrants);
  return {
    ...{ name, wireguardKey, identityKey, linkDriver, endpoints: wishes.endpoints },
    ...place,
    ...announcedFrom(asked, authorised),
    ...{ asked, authorised, signedStatement },
    succession: known?.succession,
    tags: known?.tags ?? [],
  };
};

const takenBy = (
  register: Register,
  request: JoinRequest,
  known: RegisteredNode | undefined,
): Refusal | undefined => {
  const { name, identityKey, wireguardKey } = request;
  if (known !== undefined && known.identityKey !== identityKey) {
    return {
      code: 'name-taken',
      detail:
        `the name "${name}" belongs to a node with another identity key; choose another name ` +
        `with -hostname, or, if that node is gone for good, free it with: meshoverctl remove ${name}`,
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
