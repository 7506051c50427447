// Admits a node, or takes over what it says of itself now.
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import { accepted, type Outcome, type Refusal } from '../../shared/outcome/refusal.ts';
import { placeFor } from './allocate.ts';
import { wishesFrom } from './announcement.ts';
import { noChange, putNode, type Changed } from './change.ts';
import { identityClaim, wireguardClaim } from './claim.ts';
import { lookUp } from './persistent-map.ts';
import { nodeOf, type Place, type RegisteredNode, type Register } from './register.ts';

export interface Joined extends Changed {
  /** The node as peers will see it. */
  readonly node: RegisteredNode;
}

interface Admission {
  /** Everybody is admitted, and what they advertise is authorised at once. */
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
  const { endpoints, gathering, advertise } = wishes.value;
  const authorised = admission.open
    ? advertise
    : advertise.filter((prefix) => known?.advertised.includes(prefix));
  const { name, wireguardKey, identityKey, linkDriver } = request;
  const peer: Peer = {
    ...{ name, wireguardKey, identityKey, linkDriver, endpoints, gathering },
    ...placeOnly(place.value),
    advertised: authorised,
  };
  return known !== undefined && saysTheSame(known, peer)
    ? accepted({ register, node: known, change: noChange })
    : accepted(putNode(register, peer));
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

const saysTheSame = (known: RegisteredNode, peer: Peer): boolean =>
  (Object.keys(peer) as (keyof Peer)[]).every(
    (field) => JSON.stringify(known[field]) === JSON.stringify(peer[field]),
  );
