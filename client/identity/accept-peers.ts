// What this node believes of what the controller told it: a pure judgement by the peers' own signed words.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Peer, Tombstone } from '../../shared/mesh/peer.ts';
import type { MembershipCertificate } from '../../shared/mesh/trust.ts';
import type { NetworkSettings, View } from '../../shared/mesh/view.ts';
import { claimIndexOf, type ClaimIndex } from './claims.ts';
import { judgePeer, type Trust } from './judge-peer.ts';
import { removalComplaint } from './judge-removal.ts';
import type { Pin, Pins } from './pins.ts';

const placeFields = [
  'asn',
  'tunnelAddress6',
  'tunnelAddress4',
  'nodeAddress6',
  'nodeAddress4',
] as const;

/** What a node is given for good. */
export type Place = Pick<MembershipCertificate, (typeof placeFields)[number]>;

export interface Told {
  /** As the controller says it now, whole. */
  readonly told: View;
  /** What was believed before; undefined at first. */
  readonly known: View | undefined;
  readonly pins: Pins;
  readonly trust: Trust;
  /** This node's own place, as the register signed it. */
  readonly place: Place;
  /** Everything is told anew: what was refused before counts no more. */
  readonly whole: boolean;
}

export interface Believed {
  /** All that reaches the host. */
  readonly view: View;
  readonly pins: Pins;
  /** Peers that have not spoken for themselves yet; sorted. */
  readonly waiting: readonly Hostname[];
}

/** Subject of what is refused of the settings; no name of a node. */
export const operatorKeysSubject = 'operator keys';

interface Court extends Told {
  readonly byName: Map<Hostname, Pin>;
  readonly refused: Map<string, string>;
  readonly waiting: Hostname[];
  readonly peers: Map<Hostname, Peer>;
}

/** Whatever is told, a peer that was known stays what it was until it, or an operator key, says otherwise. */
export const acceptPeers = (given: Told): Believed => {
  const court = courtOf(given);
  const tombstones = takeRemovals(court);
  keepOwnPlace(court);
  takePeers(court);
  for (const [name, { peer }] of court.byName) {
    if (peer !== undefined && !court.peers.has(name)) court.peers.set(name, peer);
  }
  return {
    view: {
      revision: given.told.revision,
      self: ownEntry(court),
      peers: [...court.peers.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      tombstones,
      settings: takeSettings(court),
    },
    pins: pinsAfter(court),
    waiting: court.waiting.sort(),
  };
};

/** Places and removals mean something only within one register; identity keys are for good. */
const courtOf = (given: Told): Court => {
  const { pins, trust, whole } = given;
  const same = pins.registerId === trust.registerId;
  const since = { epoch: 0n, number: 0n };
  const byName = same
    ? new Map(pins.byName)
    : new Map([...pins.byName].map(([name, pin]) => [name, { ...pin, since, peer: undefined }]));
  const known = same ? given.known : undefined;
  const refused = new Map(same && !whole ? pins.refused : []);
  return { ...given, known, byName, refused, waiting: [], peers: new Map() };
};

/** The removals that are believed; only of names that this node knows. */
const takeRemovals = (court: Court): readonly Tombstone[] => {
  const before = new Set(court.known?.tombstones);
  return court.told.tombstones.filter((tombstone) => {
    if (before.has(tombstone)) return true;
    const pin = court.byName.get(tombstone.name);
    if (pin?.peer === undefined) return false;
    const complaint = removalComplaint(tombstone, pin, court.trust);
    if (complaint !== undefined) {
      court.refused.set(tombstone.name, complaint);
      return false;
    }
    court.byName.set(tombstone.name, { ...pin, peer: undefined });
    court.refused.delete(tombstone.name);
    return true;
  });
};

const takePeers = (court: Court): void => {
  const { told, trust, known } = court;
  const unchanged = new Set(known?.peers);
  let claims: ClaimIndex | undefined;
  for (const peer of told.peers) {
    const pin = court.byName.get(peer.name);
    if (unchanged.has(peer) && pin?.peer !== undefined) {
      court.peers.set(peer.name, peer);
      continue;
    }
    claims ??= claimIndexOf(ownEntry(court), livePeers(court));
    const verdict = judgePeer({ peer, pin, trust, revision: told.revision });
    const taken = verdict.kind === 'believed' ? claims.complaint(peer) : undefined;
    if (verdict.kind === 'believed' && taken === undefined) {
      court.byName.set(peer.name, verdict.pin);
      court.peers.set(peer.name, peer);
      court.refused.delete(peer.name);
      claims.replace(pin?.peer, peer);
    } else if (verdict.kind === 'waiting') court.waiting.push(peer.name);
    else court.refused.set(peer.name, taken ?? (verdict.kind === 'refused' ? verdict.reason : ''));
  }
};

const livePeers = ({ byName }: Court): readonly Peer[] =>
  [...byName.values()].flatMap(({ peer }) => (peer === undefined ? [] : [peer]));

const keepOwnPlace = ({ told, place, refused }: Court): void => {
  const { self } = told;
  if (placeFields.every((field) => self[field] === place[field])) refused.delete(self.name);
  else {
    refused.set(
      self.name,
      'the controller gives this node another place than the one that the register signed',
    );
  }
};

const ownEntry = ({ told, place }: Pick<Court, 'told' | 'place'>): Peer => {
  const { asn, tunnelAddress6, tunnelAddress4, nodeAddress6, nodeAddress4 } = place;
  const fits = placeFields.every((field) => told.self[field] === place[field]);
  return fits
    ? told.self
    : { ...told.self, asn, tunnelAddress6, tunnelAddress4, nodeAddress6, nodeAddress4 };
};

/** Operator keys are believed as they were at first contact; the controller may only take some away. */
const takeSettings = ({ told, trust, refused }: Court): NetworkSettings => {
  const { settings } = told;
  const added = settings.operatorKeys.filter((key) => !trust.operatorKeys.includes(key));
  if (added.length === 0) {
    refused.delete(operatorKeysSubject);
    return settings;
  }
  refused.set(
    operatorKeysSubject,
    `the controller names operator keys that this node was not told at first contact (${added.join(', ')}): ` +
      'if they are right, give them with -operatorkey',
  );
  const operatorKeys = settings.operatorKeys.filter((key) => trust.operatorKeys.includes(key));
  return { ...settings, operatorKeys };
};

/** The same value where nothing changed, so that nothing is written. */
const pinsAfter = ({ pins, trust, byName, refused }: Court): Pins => {
  const same =
    pins.registerId === trust.registerId &&
    sameEntries(pins.byName, byName) &&
    sameEntries(pins.refused, refused);
  return same ? pins : { registerId: trust.registerId, byName, refused };
};

const sameEntries = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
