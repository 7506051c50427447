// What the register signs of its nodes: the certificate of a place, the word that a node is gone.
import type { Tombstone } from '../../shared/mesh/peer.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import { signWord } from '../../shared/trust/signed.ts';
import { membershipKind, removalKind } from '../../shared/wire/signed.ts';
import type { Act } from './act.ts';
import type { Place, Register, RegisteredNode } from './register.ts';

/** Of the revision that the admission is about to make. */
export const certificateFor = (
  register: Register,
  node: Place & Pick<RegisteredNode, 'name' | 'identityKey'>,
  { key, atMs }: Act,
): Signed => {
  const { registerId, epoch, number } = register.revision;
  const issuedAtSeconds = BigInt(Math.floor(atMs / 1000));
  return signWord(
    membershipKind,
    { ...node, registerId, epoch, serial: number + 1n, issuedAtSeconds },
    key,
  );
};

export const withRemovalSigned = (
  { registerId, epoch }: Pick<Register['revision'], 'registerId' | 'epoch'>,
  tombstone: Omit<Tombstone, 'signedRemoval'>,
  { key }: Act,
): Tombstone => ({
  ...tombstone,
  signedRemoval: signWord(removalKind, { ...tombstone, registerId, epoch }, key),
});
