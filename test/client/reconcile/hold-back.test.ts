// Steps that fail or are undone wait longer each time; the others do not wait for them.
import { describe, expect, it } from 'vitest';
import {
  isFight,
  nextTry,
  troublesAfter,
  withoutHeld,
  type Troubles,
} from '../../../client/reconcile/hold-back.ts';
import type { Plan, Step, StepOutcome } from '../../../client/plan/step.ts';

const step = (key: string, needs: readonly string[] = []): Step => ({
  resource: 'sysctl',
  verb: 'change',
  key,
  id: `sysctl/${key}/change`,
  old: undefined,
  new: undefined,
  reason: 'test',
  needs,
});

const failed = (each: Step): StepOutcome => ({ step: each, result: 'failed', error: 'no' });
const done = (each: Step): StepOutcome => ({ step: each, result: 'done' });

const none: Troubles = new Map();
const a = step('a');
const b = step('b', [a.id]);
const c = step('c', [b.id]);
const other = step('other');
const plan: Plan = [a, b, c, other];

describe('held steps', () => {
  it('are none at first', () => {
    expect(withoutHeld(plan, none, 0)).toEqual({ plan, held: [] });
  });

  it('take those that need them along, and nothing else', () => {
    const troubles = troublesAfter(none, [failed(a)], 1_000);
    expect(withoutHeld(plan, troubles, 1_001)).toEqual({ plan: [other], held: [a, b, c] });
  });

  it('are tried again when their time has come', () => {
    const troubles = troublesAfter(none, [failed(a)], 1_000);
    const at = nextTry([a], troubles) ?? 0;
    expect(at).toBe(2_000);
    expect(withoutHeld(plan, troubles, at).held).toEqual([]);
  });

  it('wait twice as long after each failure, up to half a minute', () => {
    let troubles = none;
    const waits = Array.from({ length: 8 }, () => {
      troubles = troublesAfter(troubles, [failed(a)], 1_000);
      return (nextTry([a], troubles) ?? 0) - 1_000;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('are free once they succeeded', () => {
    const troubles = troublesAfter(troublesAfter(none, [failed(a)], 0), [done(a)], 2_000);
    expect(withoutHeld([a], troubles, 2_001).held).toEqual([]);
  });

  it('are forgotten when nobody wants them for a minute', () => {
    const troubles = troublesAfter(troublesAfter(none, [failed(a)], 0), [], 60_000);
    expect(troubles.size).toBe(0);
  });
});

describe('a fight with another program', () => {
  const fought = (times: number, everyMs: number, each = a): Troubles => {
    let troubles = none;
    for (let i = 0; i < times; i++) troubles = troublesAfter(troubles, [done(each)], i * everyMs);
    return troubles;
  };

  it('is seen at the fifth time within a minute, and slows down', () => {
    expect(isFight(fought(4, 1_000).get(a.id))).toBe(false);
    const troubles = fought(5, 1_000);
    expect(isFight(troubles.get(a.id))).toBe(true);
    expect(withoutHeld([a, other], troubles, 4_001).held).toEqual([a]);
  });

  it('is not seen in what happens now and then', () => {
    const troubles = fought(20, 59_000);
    expect(withoutHeld([a], troubles, 20 * 59_000).held).toEqual([]);
  });

  it('is never seen in routes, which rightly follow the mesh', () => {
    const route: Step = {
      ...a,
      resource: 'route',
      id: 'route/x/change',
      old: undefined,
      new: undefined,
    };
    expect(fought(30, 100, route).size).toBe(0);
  });
});
