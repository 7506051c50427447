// The fold from stream events to the view: nothing is lost, and only a tombstone removes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewAfter, type ViewAfter } from '../../../client/uplink/view-after.ts';
import type { Peer, Tombstone } from '../../../shared/mesh/peer.ts';
import type { Revision } from '../../../shared/mesh/revision.ts';
import type { View, ViewEvent } from '../../../shared/mesh/view.ts';
import { nodeFixture, viewFixture } from '../../fake/view.ts';

const registerId = '0'.repeat(32);
const self = nodeFixture(1);
const { settings } = viewFixture(self, []);

const at = (number: number, changes: Partial<Revision> = {}): Revision => ({
  registerId,
  epoch: 1n,
  number: BigInt(number),
  ...changes,
});

const gone = (n: number, removedAt: number): Tombstone => ({
  name: nodeFixture(n).name,
  asn: nodeFixture(n).asn,
  removedAt: BigInt(removedAt),
  reason: 'removed by operator',
  signedRemoval: undefined,
});

const snapshot = (
  revision: Revision,
  peers: readonly Peer[],
  tombstones: readonly Tombstone[] = [],
): ViewEvent => ({ kind: 'snapshot', revision, peers, tombstones, settings });

const delta = (
  [from, to]: readonly [number, number],
  peers: readonly Peer[],
  tombstones: readonly Tombstone[] = [],
): ViewEvent => ({ kind: 'delta', from: at(from), to: at(to), peers, tombstones });

const after = (...events: readonly ViewEvent[]): ViewAfter => {
  let result: ViewAfter = { kind: 'resync', reason: 'nothing yet' };
  let view: View | undefined;
  for (const event of events) {
    result = viewAfter(view, event, self.name);
    if (result.kind === 'view') view = result.view;
  }
  return result;
};

const names = (result: ViewAfter): readonly string[] =>
  result.kind === 'view' ? result.view.peers.map(({ name }) => name) : [result.kind];

describe('view after a snapshot', () => {
  it('holds self apart and peers sorted', () => {
    const result = after(snapshot(at(3), [nodeFixture(3), self, nodeFixture(2)]));
    expect(names(result)).toEqual(['node2', 'node3']);
    expect(result.kind === 'view' && result.view.self.name).toBe('node1');
  });

  it('keeps a known peer that is absent without a tombstone, and says so', () => {
    const result = after(
      snapshot(at(3), [self, nodeFixture(2), nodeFixture(3)]),
      snapshot(at(9), [self, nodeFixture(3)]),
    );
    expect(names(result)).toEqual(['node2', 'node3']);
    expect(result.kind === 'view' && result.kept).toEqual(['node2']);
  });

  it('keeps it across epochs of one register, as after a restore from a backup', () => {
    const result = after(
      snapshot(at(30), [self, nodeFixture(2)]),
      snapshot(at(4, { epoch: 2n }), [self]),
    );
    expect(names(result)).toEqual(['node2']);
  });

  it('removes a known peer that has a tombstone', () => {
    const result = after(
      snapshot(at(3), [self, nodeFixture(2)]),
      snapshot(at(9), [self], [gone(2, 8)]),
    );
    expect(names(result)).toEqual([]);
  });

  it('lets a new node have the place of an absent one', () => {
    const heir = { ...nodeFixture(5), asn: nodeFixture(2).asn };
    const result = after(snapshot(at(3), [self, nodeFixture(2)]), snapshot(at(9), [self, heir]));
    expect(names(result)).toEqual(['node5']);
  });

  it('of another register replaces everything', () => {
    const result = after(
      snapshot(at(3), [self, nodeFixture(2)]),
      snapshot(at(1, { registerId: 'f'.repeat(32) }), [self, nodeFixture(3)]),
    );
    expect(names(result)).toEqual(['node3']);
  });

  it('that lacks this node keeps what is known of it, or asks again', () => {
    expect(after(snapshot(at(3), [nodeFixture(2)])).kind).toBe('resync');
    const result = after(snapshot(at(3), [self]), snapshot(at(4), [nodeFixture(2)]));
    expect(result.kind === 'view' && result.view.self).toEqual(self);
  });

  it('with the tombstone of this node says that it was removed', () => {
    const result = after(snapshot(at(3), [self]), snapshot(at(4), [], [gone(1, 4)]));
    expect(result).toEqual({ kind: 'removed', reason: 'removed by operator' });
  });
});

describe('view after a delta', () => {
  const start = snapshot(at(3), [self, nodeFixture(2), nodeFixture(3)]);

  it('replaces, adds and removes', () => {
    const moved = nodeFixture(3, { endpoints: [] });
    const result = after(start, delta([3, 6], [moved, nodeFixture(4)], [gone(2, 5)]));
    expect(names(result)).toEqual(['node3', 'node4']);
    expect(result.kind === 'view' && result.view.peers[0]?.endpoints).toEqual([]);
    expect(result.kind === 'view' && result.view.revision).toEqual(at(6));
  });

  it('brings a removed peer back', () => {
    const result = after(start, delta([3, 4], [], [gone(2, 4)]), delta([4, 5], [nodeFixture(2)]));
    expect(names(result)).toEqual(['node2', 'node3']);
    expect(result.kind === 'view' && result.view.tombstones).toEqual([]);
  });

  it('changes self without making it a peer', () => {
    const result = after(start, delta([3, 4], [nodeFixture(1, { endpoints: [] })]));
    expect(result.kind === 'view' && result.view.self.endpoints).toEqual([]);
    expect(names(result)).toEqual(['node2', 'node3']);
  });

  it('that is known already changes nothing', () => {
    const before = after(start, delta([3, 6], [nodeFixture(4)]));
    const result = after(start, delta([3, 6], [nodeFixture(4)]), delta([3, 5], [], [gone(2, 4)]));
    expect(result).toEqual(before);
  });

  it.each([
    ['before any snapshot', [delta([3, 4], [])]],
    ['that leaves a gap', [start, delta([5, 6], [])]],
  ] as const)('%s asks for everything anew', (_, events) => {
    expect(after(...events).kind).toBe('resync');
  });

  it('of another epoch asks for everything anew', () => {
    const event: ViewEvent = {
      ...delta([3, 4], []),
      kind: 'delta',
      from: at(3, { epoch: 2n }),
      to: at(4, { epoch: 2n }),
      peers: [],
      tombstones: [],
    };
    expect(after(start, event).kind).toBe('resync');
  });

  it('with the tombstone of this node says that it was removed', () => {
    expect(after(start, delta([3, 4], [], [gone(1, 4)])).kind).toBe('removed');
  });
});

/** A register as a list of changes: node `n` is set (to a variant) or removed at each revision. */
interface Change {
  readonly n: number;
  readonly variant: number | 'removed';
}

const history = fc.array(
  fc.record({
    n: fc.integer({ min: 2, max: 8 }),
    variant: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant('removed' as const)),
  }),
  { maxLength: 25 },
);

const variantOf = (n: number, variant: number): Peer =>
  nodeFixture(n, { endpoints: nodeFixture(n * 10 + variant).endpoints });

/** What a controller would send for the changes after `from` up to `to`. */
const deltaOf = (changes: readonly Change[], from: number, to: number): ViewEvent => {
  const last = new Map(changes.slice(from, to).map((change, i) => [change.n, { change, i }]));
  const all = [...last.values()];
  return delta(
    [from, to],
    all.flatMap(({ change: { n, variant } }) =>
      variant === 'removed' ? [] : [variantOf(n, variant)],
    ),
    all.flatMap(({ change: { n, variant }, i }) =>
      variant === 'removed' ? [gone(n, from + i + 1)] : [],
    ),
  );
};

const snapshotOf = (changes: readonly Change[], to: number): ViewEvent => {
  const whole = deltaOf(changes, 0, to);
  return snapshot(at(to), [self, ...whole.peers], whole.tombstones);
};

describe('any cut of one history', () => {
  it('ends in the same view, by deltas, overlapping resumes and new snapshots', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(fc.record({ step: fc.nat(6), back: fc.nat(4), whole: fc.boolean() }), {
          maxLength: 12,
        }),
        (changes, cuts) => {
          let view = viewAfter(undefined, snapshot(at(0), [self]), self.name);
          let held = 0;
          const take = (event: ViewEvent, to: number): void => {
            if (view.kind !== 'view') throw new Error(view.reason);
            view = viewAfter(view.view, event, self.name);
            held = Math.max(held, to);
          };
          for (const { step, back, whole } of cuts) {
            const to = Math.min(changes.length, held + step);
            take(
              whole ? snapshotOf(changes, to) : deltaOf(changes, Math.max(0, held - back), to),
              to,
            );
          }
          take(deltaOf(changes, held, changes.length), changes.length);
          const expected = viewAfter(undefined, snapshotOf(changes, changes.length), self.name);
          expect(names(view)).toEqual(names(expected));
          expect(view.kind === 'view' && view.view.peers).toEqual(
            expected.kind === 'view' && expected.view.peers,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never loses a peer without its tombstone', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat(7), { maxLength: 7 }), (changes, missing) => {
        const before = viewAfter(undefined, snapshotOf(changes, changes.length), self.name);
        if (before.kind !== 'view') throw new Error(before.reason);
        const left = before.view.peers.filter((_, i) => !missing.includes(i));
        const event = snapshot(at(changes.length + 1), [self, ...left]);
        const result = viewAfter(before.view, event, self.name);
        expect(names(result)).toEqual(names(before));
      }),
    );
  });
});
