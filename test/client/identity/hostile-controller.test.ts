// Whatever a hostile controller puts together, a known peer stays what it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Peer, Tombstone } from '../../../shared/mesh/peer.ts';
import { identityFixture, nodeFixture, signingKeyOf, spoken } from '../../fake/view.ts';
import { believe, end, first, heir, three, two, viewAt } from './court.ts';

const evilKey = signingKeyOf(identityFixture('evil'));

/** What a hostile controller can put together from words that it has seen and words that it signs itself. */
const attack = fc.record({
  of: fc.constantFrom(2, 3),
  wireguard: fc.constantFrom(2, 3, 9),
  identity: fc.constantFrom('identity 2', 'identity 3', 'evil'),
  speaker: fc.constantFrom('identity 2', 'identity 3', 'evil', 'none', 'seen'),
  succession: fc.constantFrom('none', 'evil', 'identity 3'),
  address: fc.constantFrom(2, 3, 9),
  removal: fc.constantFrom('none', 'unsigned', 'evil', 'old'),
  whole: fc.boolean(),
});

/** Honest nodes sign only what is so: a controller has no other word of theirs. */
const attackedPeer = (given: {
  readonly of: number;
  readonly wireguard: number;
  readonly identity: string;
  readonly speaker: string;
  readonly succession: string;
  readonly address: number;
}): Peer => {
  const honest = given.of === 2 ? two : three;
  const peer: Peer = {
    ...honest,
    wireguardKey: nodeFixture(given.wireguard).wireguardKey,
    identityKey: identityFixture(given.identity),
    nodeAddress6: nodeFixture(given.address).nodeAddress6,
    succession:
      given.succession === 'none'
        ? undefined
        : heir(honest, identityFixture(given.succession)).succession,
  };
  if (given.speaker === 'none') return { ...peer, signedStatement: undefined };
  if (given.speaker !== 'evil') return peer;
  const evil = identityFixture('evil');
  return { ...peer, signedStatement: spoken({ ...peer, identityKey: evil }, 9n).signedStatement };
};

const removalsOf = (honest: Peer, removal: string): readonly Tombstone[] => {
  if (removal === 'none') return [];
  if (removal === 'unsigned') return [{ ...end(honest, 99n), signedRemoval: undefined }];
  return removal === 'old' ? [end(honest, 1n)] : [end(honest, 99n, evilKey)];
};

describe('whatever a hostile controller sends', () => {
  it('a known peer keeps its WireGuard key, its identity and its addresses', () => {
    fc.assert(
      fc.property(fc.array(attack, { maxLength: 8 }), (attacks) => {
        let state = first;
        for (const [i, each] of attacks.entries()) {
          const peer = attackedPeer(each);
          const others = state.view.peers.filter(({ name }) => name !== peer.name);
          const honest = each.of === 2 ? two : three;
          const tombstones = removalsOf(honest, each.removal);
          const peers = each.removal === 'none' ? [...others, peer] : others;
          state = believe(viewAt(BigInt(i + 2), peers, { tombstones }), state, {
            whole: each.whole,
          });
        }
        expect(
          state.view.peers.map(({ name, wireguardKey, identityKey, nodeAddress6 }) => [
            ...[name, wireguardKey, identityKey, nodeAddress6],
          ]),
        ).toEqual(
          [two, three].map(({ name, wireguardKey, identityKey, nodeAddress6 }) => [
            ...[name, wireguardKey, identityKey, nodeAddress6],
          ]),
        );
      }),
      { numRuns: 300 },
    );
  });
});
