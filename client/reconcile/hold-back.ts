// Steps that fail, or that somebody undoes again and again, are tried less often than the rest.
import type { Plan, Step, StepOutcome } from '../plan/step.ts';

export interface Trouble {
  readonly failures: number;
  /** Times in the present window that the step was done, although nothing but us should change it. */
  readonly repeats: number;
  readonly windowStartedAt: number;
  readonly seenAt: number;
  readonly heldUntil: number;
}

/** By step id. */
export type Troubles = ReadonlyMap<string, Trouble>;

const firstHoldMs = 1_000;
const longestHoldMs = 30_000;
const windowMs = 60_000;
const patience = 5;

export interface Sifted {
  readonly plan: Plan;
  readonly held: readonly Step[];
}

/** What these should be changes with the mesh, and so may rightly change often. */
const follows: ReadonlySet<Step['resource']> = new Set([
  'firewall',
  'frr',
  'route',
  'wireguard-peer',
]);

/** Takes out the steps that are held back, and those that need them. */
export const withoutHeld = (plan: Plan, troubles: Troubles, now: number): Sifted => {
  const held = new Set<string>();
  for (const step of plan) {
    const isHeld = (troubles.get(step.id)?.heldUntil ?? 0) > now;
    if (isHeld || step.needs.some((id) => held.has(id))) held.add(step.id);
  }
  return {
    plan: plan.filter((step) => !held.has(step.id)),
    held: plan.filter((step) => held.has(step.id)),
  };
};

export const troublesAfter = (
  troubles: Troubles,
  outcomes: readonly StepOutcome[],
  now: number,
): Troubles => {
  const next = new Map([...troubles].filter(([, { seenAt }]) => now - seenAt < windowMs));
  for (const { step, result } of outcomes) {
    const before = next.get(step.id) ?? untroubled(now);
    if (result === 'failed') next.set(step.id, afterFailure(before, now));
    if (result === 'done' && !follows.has(step.resource))
      next.set(step.id, afterRepeat(before, now));
  }
  return next;
};

/** When the next held step may be tried; undefined when none is held. */
export const nextTry = (held: readonly Step[], troubles: Troubles): number | undefined => {
  const times = held.flatMap(({ id }) => troubles.get(id)?.heldUntil ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
};

/** Somebody undoes this step as often as it is done. */
export const isFight = (trouble: Trouble | undefined): boolean => trouble?.repeats === patience;

const untroubled = (now: number): Trouble => ({
  failures: 0,
  repeats: 0,
  windowStartedAt: now,
  seenAt: now,
  heldUntil: 0,
});

const afterFailure = (before: Trouble, now: number): Trouble => ({
  ...before,
  failures: before.failures + 1,
  seenAt: now,
  heldUntil: now + holdMs(before.failures),
});

const afterRepeat = (before: Trouble, now: number): Trouble => {
  const fresh = now - before.windowStartedAt >= windowMs && before.repeats < patience;
  const repeats = fresh ? 1 : before.repeats + 1;
  return {
    failures: 0,
    repeats,
    windowStartedAt: fresh ? now : before.windowStartedAt,
    seenAt: now,
    heldUntil: repeats < patience ? 0 : now + holdMs(repeats - patience + 2),
  };
};

const holdMs = (times: number): number =>
  Math.min(longestHoldMs, firstHoldMs * 2 ** Math.min(times, 10));
