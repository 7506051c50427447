// Whether one peer is what it was: by its own signed word, and by what this node remembers of it.
import type { OperatorKey, RegisterKey } from '../../shared/address/key.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import type { Statement } from '../../shared/mesh/trust.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { readWord } from '../../shared/trust/signed.ts';
import { statementKind, successionKind } from '../../shared/wire/signed.ts';
import type { Pin } from './pins.ts';

/** Whose word counts beside the peer's own. */
export interface Trust {
  readonly registerId: string;
  readonly registerKey: RegisterKey;
  readonly operatorKeys: readonly OperatorKey[];
}

export type Verdict =
  | { readonly kind: 'believed'; readonly pin: Pin }
  | { readonly kind: 'refused'; readonly reason: string }
  /** It has not spoken for itself yet. */
  | { readonly kind: 'waiting' };

export interface Case {
  readonly peer: Peer;
  /** What is remembered of its name. */
  readonly pin: Pin | undefined;
  readonly trust: Trust;
  readonly revision: Revision;
}

export const judgePeer = (given: Case): Verdict => {
  const { peer, pin, revision } = given;
  if (peer.signedStatement === undefined) {
    return pin === undefined
      ? { kind: 'waiting' }
      : refusedFor('it comes without its own statement');
  }
  const succeeded = successionOf(given);
  if (!succeeded.ok) return refusedFor(succeeded.reason);
  const moved = placeComplaint(peer, pin);
  if (moved !== undefined) return refusedFor(moved);
  const sequence = sequenceOf(given, peer.signedStatement);
  if (!sequence.ok) return refusedFor(sequence.reason);
  return {
    kind: 'believed',
    pin: {
      identityKey: peer.identityKey,
      signedStatement: peer.signedStatement,
      sequence: sequence.value,
      succeededAt: succeeded.value,
      since: { epoch: revision.epoch, number: revision.number },
      peer,
    },
  };
};

const refusedFor = (reason: string): Verdict => ({ kind: 'refused', reason });

/** When the identity key was last changed with right; a reason when it changed without. */
const successionOf = ({ peer, pin, trust }: Case): Parsed<bigint> => {
  if (pin === undefined) return parsed(0n);
  if (peer.identityKey === pin.identityKey) return parsed(pin.succeededAt);
  const unproven = 'its identity key is another than before, ';
  if (peer.succession === undefined) {
    return malformed(`${unproven}and neither the old key nor an operator key vouches for it`);
  }
  for (const key of [pin.identityKey, ...trust.operatorKeys]) {
    const word = readWord(successionKind, peer.succession, key);
    if (!word.ok) continue;
    const { registerId, name, newIdentityKey, issuedAtSeconds } = word.value;
    const fits =
      registerId === trust.registerId && name === peer.name && newIdentityKey === peer.identityKey;
    if (!fits) return malformed(`${unproven}and the succession is for another name or key`);
    // An operator's word stays good: shown again later, it must not bring an old key back.
    return key === pin.identityKey || issuedAtSeconds > pin.succeededAt
      ? parsed(issuedAtSeconds)
      : malformed(`${unproven}and the operator's word on it is older than one that was believed`);
  }
  return malformed(
    `${unproven}and its succession is signed by a key that this node does not trust`,
  );
};

/** The controller gives a name its place for good. */
const placeComplaint = (peer: Peer, pin: Pin | undefined): string | undefined => {
  const before = pin?.peer;
  if (before === undefined) return undefined;
  const same =
    before.asn === peer.asn &&
    before.nodeAddress6 === peer.nodeAddress6 &&
    before.nodeAddress4 === peer.nodeAddress4;
  return same ? undefined : 'its addresses or its ASN are others than before';
};

/** The statement's, when it is the peer's own word and not an older one. */
const sequenceOf = (given: Case, signed: NonNullable<Peer['signedStatement']>): Parsed<bigint> => {
  const { peer, pin, trust } = given;
  const known = pin?.identityKey === peer.identityKey ? pin : undefined;
  if (known?.peer !== undefined && known.signedStatement === signed) {
    return speaksFor(peer, known.peer) ? parsed(known.sequence) : swapped;
  }
  const word = readWord(statementKind, signed, peer.identityKey);
  if (!word.ok) return malformed(`its statement is not its own: ${word.reason}`);
  const { registerId, name, sequence } = word.value;
  if (registerId !== trust.registerId || name !== peer.name) {
    return malformed('its statement is for another mesh or another name');
  }
  if (!speaksFor(peer, word.value)) return swapped;
  if (known === undefined || sequence > known.sequence || signed === known.signedStatement) {
    return parsed(sequence);
  }
  return malformed(
    sequence === known.sequence
      ? 'it says two things under one sequence number'
      : `its statement is older (${String(sequence)}) than one that was seen (${String(known.sequence)})`,
  );
};

const swapped = malformed(
  'its WireGuard key or tunnel addresses are not those that it has signed itself',
);

const speaksFor = (
  peer: Peer,
  said: Pick<Statement, 'wireguardKey' | 'tunnelAddress6' | 'tunnelAddress4'>,
): boolean =>
  said.wireguardKey === peer.wireguardKey &&
  said.tunnelAddress6 === peer.tunnelAddress6 &&
  said.tunnelAddress4 === peer.tunnelAddress4;
