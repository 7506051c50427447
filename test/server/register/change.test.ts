// Changes: what is told, what is kept, merged.
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { mergeChanges, putNode } from '../../../server/register/change.ts';
import { removeNode } from '../../../server/register/remove.ts';
import { rowsOf } from '../../../server/register/row.ts';
import { nodeOf } from '../../../server/register/register.ts';
import { act, join, joinAll, registerWith, valueOf } from './requests.ts';

describe('mergeChanges', () => {
  it('keeps the last word about each name, sorted, and each row once', () => {
    const b = join(registerWith(), 'b');
    const a = join(b.register, 'a');
    const a2 = join(a.register, 'a', { linkDriver: 'gre' });
    const gone = valueOf(removeNode(a2.register, { name: 'b' as Hostname, reason: 'left' }, act));
    const merged = mergeChanges([b.change, a.change, a2.change, gone.change]);
    expect(merged.nodes).toEqual([a2.node]);
    expect(merged.tombstones.map(({ name }) => name)).toEqual(['b']);
    expect(merged.writes.filter(({ value }) => value !== undefined)).toHaveLength(4);
    expect(merged.events.map(({ number }) => number)).toEqual([1n, 2n, 3n, 4n]);
    const kept = merged.writes.filter(({ value }) => value !== undefined);
    expect(new Set(kept)).toEqual(new Set(rowsOf(gone.register)));
  });

  it('a node that left and came back is no tombstone', () => {
    const here = join(registerWith(), 'a').register;
    const gone = valueOf(removeNode(here, { name: 'a' as Hostname, reason: 'left' }, act));
    const back = join(gone.register, 'a');
    expect(mergeChanges([gone.change, back.change])).toMatchObject({
      nodes: [back.node],
      tombstones: [],
    });
  });

  it('of nothing is nothing', () => {
    expect(mergeChanges([])).toEqual({ nodes: [], tombstones: [], writes: [], events: [] });
  });
});

it('a write that would give one address to two nodes is thrown out, loudly', () => {
  const register = joinAll(registerWith(), ['a', 'b']);
  const { nodeAddress6 } = nodeOf(register, 'a')!;
  const bad = { ...nodeOf(register, 'b')!, nodeAddress6 };
  expect(() => putNode(register, bad)).toThrow(
    expect.objectContaining({
      code: 'claim-conflict',
      message: expect.stringContaining(
        `address ${nodeAddress6} of node "b" belongs to node "a"`,
      ) as string,
    }),
  );
});
