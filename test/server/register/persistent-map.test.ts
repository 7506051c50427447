// The persistent map against the language's own Map.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyMap,
  lookUp,
  valuesOf,
  withEntry,
  withoutEntry,
  type PersistentMap,
} from '../../../server/register/persistent-map.ts';

const key = fc.oneof(fc.stringMatching(/^[ab]{0,3}$/), fc.string());
const steps = fc.array(fc.record({ key, put: fc.boolean(), value: fc.nat() }), { maxLength: 200 });

const after = (
  map: PersistentMap<number>,
  step: { key: string; put: boolean; value: number },
): PersistentMap<number> =>
  step.put ? withEntry(map, step.key, step.value) : withoutEntry(map, step.key);

const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

/** Two texts of one hash, found by trying: such keys share a leaf. */
const twins = (): readonly [string, string] => {
  const seen = new Map<string, string>();
  for (let i = 0; ; i++) {
    const text = `key ${i}`;
    const leaf = /"hash":(\d+)/.exec(JSON.stringify(withEntry(emptyMap<number>(), text, 0)))![1]!;
    const other = seen.get(leaf);
    if (other !== undefined) return [other, text];
    seen.set(leaf, text);
  }
};

describe('a persistent map', () => {
  it('agrees with Map after any puts and removals', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const model = new Map<string, number>();
        let map = emptyMap<number>();
        for (const step of sequence) {
          map = after(map, step);
          if (step.put) model.set(step.key, step.value);
          else model.delete(step.key);
        }
        expect(map.size).toBe(model.size);
        expect(sorted(valuesOf(map))).toEqual(sorted(model.values()));
        for (const step of sequence) expect(lookUp(map, step.key)).toBe(model.get(step.key));
      }),
    );
  });

  it('leaves the map before untouched', () => {
    const before = withEntry(withEntry(emptyMap<number>(), 'a', 1), 'b', 2);
    const copy = structuredClone(before);
    withEntry(before, 'a', 3);
    withEntry(before, 'c', 3);
    withoutEntry(before, 'b');
    expect(before).toEqual(copy);
  });

  it('is equal for equal contents, whatever came and went', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 60 }), fc.array(key), (kept, passing) => {
        const put = (map: PersistentMap<number>, each: string): PersistentMap<number> =>
          withEntry(map, each, each.length);
        const direct = kept.reduce(put, emptyMap<number>());
        const busy = passing.reduce(put, emptyMap<number>());
        const detour = passing.reduce(withoutEntry, [...kept].reverse().reduce(put, busy));
        expect(kept.reduce(put, detour)).toEqual(direct);
      }),
    );
  });

  it('gives back the same map when there is nothing to remove', () => {
    const map = withEntry(emptyMap<number>(), 'a', 1);
    expect(withoutEntry(map, 'b')).toBe(map);
  });

  it('keeps keys of one hash apart', () => {
    const [a, b] = twins();
    const both = withEntry(withEntry(emptyMap<number>(), a, 1), b, 2);
    expect([lookUp(both, a), lookUp(both, b), both.size]).toEqual([1, 2, 2]);
    expect(withEntry(withEntry(emptyMap<number>(), b, 2), a, 1)).toEqual(both);
    expect(withoutEntry(both, a)).toEqual(withEntry(emptyMap<number>(), b, 2));
    expect(lookUp(withEntry(both, a, 3), a)).toBe(3);
  });
});
