// Whether the word that a peer is gone is the register's, and about the peer as it is now.
import type { Tombstone } from '../../shared/mesh/peer.ts';
import { readWord } from '../../shared/trust/signed.ts';
import { removalKind } from '../../shared/wire/signed.ts';
import type { Trust } from './judge-peer.ts';
import type { Pin } from './pins.ts';

/** Undefined when it is to be believed. */
export const removalComplaint = (
  tombstone: Tombstone,
  pin: Pick<Pin, 'since'>,
  trust: Pick<Trust, 'registerId' | 'registerKey'>,
): string | undefined => {
  if (tombstone.signedRemoval === undefined) return 'the word that it was removed is not signed';
  const word = readWord(removalKind, tombstone.signedRemoval, trust.registerKey);
  if (!word.ok) return `the word that it was removed is forged: ${word.reason}`;
  const { registerId, epoch, name, removedAt } = word.value;
  if (registerId !== trust.registerId || name !== tombstone.name) {
    return 'the word that it was removed is about another node or mesh';
  }
  const { since } = pin;
  const later = epoch > since.epoch || (epoch === since.epoch && removedAt > since.number);
  return later ? undefined : 'it was seen alive after the removal that is shown now';
};
