// What the tests of belief share: a register, an operator, two peers that are known.
import { generateKeyPairSync } from 'node:crypto';
import { acceptPeers, type Believed, type Told } from '../../../client/identity/accept-peers.ts';
import type { Trust } from '../../../client/identity/judge-peer.ts';
import { noPins } from '../../../client/identity/pins.ts';
import type { OperatorKey } from '../../../shared/address/key.ts';
import type { Peer, Tombstone } from '../../../shared/mesh/peer.ts';
import type { View } from '../../../shared/mesh/view.ts';
import { registerKeyOf, signWord } from '../../../shared/trust/signed.ts';
import { removalKind, successionKind } from '../../../shared/wire/signed.ts';
import {
  identityFixture,
  nodeFixture,
  registerIdFixture as registerId,
  signingKeyOf,
  spoken,
  viewFixture,
} from '../../fake/view.ts';

const register = generateKeyPairSync('ed25519').privateKey;
export const operator = identityFixture('operator');
export const self = nodeFixture(1);
export const [two, three, four] = [2, 3, 4].map((n) => spoken(nodeFixture(n))) as [
  Peer,
  Peer,
  Peer,
];
export const trust: Trust = {
  registerId,
  registerKey: registerKeyOf(register),
  operatorKeys: [operator as string as OperatorKey],
};

export const viewAt = (
  number: bigint,
  peers: readonly Peer[],
  changes: Partial<View> = {},
): View => ({
  ...viewFixture(self, peers),
  revision: { registerId, epoch: 1n, number },
  ...changes,
});

export const believe = (told: View, before?: Believed, changes: Partial<Told> = {}): Believed =>
  acceptPeers({
    told,
    known: before?.view,
    pins: before?.pins ?? noPins,
    ...{ trust, place: self, whole: true },
    ...changes,
  });

export const end = (peer: Peer, removedAt: bigint, key = register): Tombstone => {
  const { name, asn } = peer;
  const word = { registerId, epoch: 1n, name, asn, removedAt, reason: '' };
  return { name, asn, removedAt, reason: '', signedRemoval: signWord(removalKind, word, key) };
};

export const heir = (
  peer: Peer,
  by: string,
  { issuedAtSeconds = 1n, text = 'heir' } = {},
): Peer => {
  const identityKey = identityFixture(text);
  const word = {
    ...{ registerId, name: peer.name, oldIdentityKey: peer.identityKey },
    ...{ newIdentityKey: identityKey, issuedAtSeconds },
  };
  const succession = signWord(successionKind, word, signingKeyOf(by));
  return spoken({ ...peer, identityKey, succession, wireguardKey: nodeFixture(99).wireguardKey });
};

/** What is believed after a first view of two peers. */
export const first = believe(viewAt(1n, [two, three]));

export const why = (believed: Believed, name = 'node2'): string =>
  believed.pins.refused.get(name) ?? '';
