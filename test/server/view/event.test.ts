// Snapshots, deltas, and when a stream gets which.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { Peer, Tombstone } from '../../../shared/mesh/peer.ts';
import type { Revision } from '../../../shared/mesh/revision.ts';
import { mergeChanges, type Change } from '../../../server/register/change.ts';
import { nodeOf, type Register } from '../../../server/register/register.ts';
import { removeNode } from '../../../server/register/remove.ts';
import { canResume, deltaBetween, snapshotFor } from '../../../server/view/event.ts';
import { act, join, joinAll, registerWith, valueOf } from '../register/requests.ts';

const leave = (register: Register, name: string): { register: Register; change: Change } =>
  valueOf(removeNode(register, { name: name as Hostname, reason: 'left' }, act));

// Numbers: a 1, b 2, c 3, b gone 4, a changed 5.
const register = join(leave(joinAll(registerWith(), ['a', 'b', 'c']), 'b').register, 'a', {
  linkDriver: 'gre',
}).register;

const names = (list: readonly { readonly name: string }[]): readonly string[] =>
  list.map(({ name }) => name);

describe('snapshotFor', () => {
  it('is everything, sorted', () => {
    expect(snapshotFor(register)).toEqual({
      kind: 'snapshot',
      revision: register.revision,
      peers: [nodeOf(register, 'a'), nodeOf(register, 'c')],
      tombstones: [expect.objectContaining({ name: 'b', removedAt: 4n })],
      settings: register.settings,
    });
  });
});

describe('deltaBetween', () => {
  it.each<[bigint, readonly string[], readonly string[]]>([
    [0n, ['a', 'c'], ['b']],
    [2n, ['a', 'c'], ['b']],
    [3n, ['a'], ['b']],
    [4n, ['a'], []],
    [5n, [], []],
  ])('since %d: changed %j, gone %j', (since, changed, gone) => {
    const delta = deltaBetween(register, since);
    expect([names(delta.peers), names(delta.tombstones)]).toEqual([changed, gone]);
    expect(delta.from).toEqual({ ...register.revision, number: since });
    expect(delta.to).toEqual(register.revision);
  });
});

describe('canResume', () => {
  const at = (changes: Partial<Revision>): Revision => ({ ...register.revision, ...changes });

  it.each<[string, Revision | undefined]>([
    ['nothing', undefined],
    ['another register', at({ registerId: 'f'.repeat(32) })],
    ['an older epoch', at({ epoch: 0n })],
    ['a newer epoch', at({ epoch: 2n })],
    ['a number newer than ours', at({ number: 6n })],
  ])('is false for who holds %s: a snapshot is due', (_, held) => {
    expect(canResume(held, register.revision)).toBe(false);
  });

  it.each([0n, 3n, 5n])('is true for who holds our number %d', (number) => {
    expect(canResume(at({ number }), register.revision)).toBe(true);
  });
});

interface Held {
  readonly peers: ReadonlyMap<string, Peer>;
  readonly gone: ReadonlyMap<string, Tombstone>;
}

/** What an agent does with a delta, in its simplest form. */
const applied = (
  held: Held,
  { peers, tombstones }: Pick<Change, 'tombstones'> & { peers: readonly Peer[] },
): Held => {
  const all = new Map(held.peers);
  const gone = new Map(held.gone);
  for (const peer of peers) {
    all.set(peer.name, peer);
    gone.delete(peer.name);
  }
  for (const tombstone of tombstones) {
    all.delete(tombstone.name);
    gone.set(tombstone.name, tombstone);
  }
  return { peers: all, gone };
};

it('a snapshot and any deltas after it make the snapshot of the end', () => {
  const steps = fc.array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      what: fc.constantFrom('ip6gre', 'gre', 'vxlan', 'leave'),
      told: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      let current = registerWith();
      let since = 0n;
      let held: Held = { peers: new Map(), gone: new Map() };
      let untold: Change[] = [];
      for (const { name, what, told } of sequence) {
        if (what === 'leave' && nodeOf(current, name) === undefined) continue;
        const next =
          what === 'leave'
            ? leave(current, name)
            : join(current, name, { linkDriver: what as 'gre' });
        current = next.register;
        untold.push(next.change);
        if (!told) continue;
        const delta = deltaBetween(current, since);
        const merged = mergeChanges(untold);
        expect([delta.peers, delta.tombstones]).toEqual([merged.nodes, merged.tombstones]);
        held = applied(held, delta);
        since = current.revision.number;
        untold = [];
      }
      const last = applied(held, deltaBetween(current, since));
      const { peers, tombstones } = snapshotFor(current);
      expect(last.peers).toEqual(new Map(peers.map((peer) => [peer.name, peer])));
      expect(last.gone).toEqual(new Map(tombstones.map((each) => [each.name, each])));
    }),
  );
});
