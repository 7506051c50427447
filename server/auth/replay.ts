// Remembers the tokens seen until they expire, so that each is accepted once; bounded.
import type { Clock } from '../../shared/clock/clock.ts';

export type Seen = 'first' | 'again' | 'full';

export interface ReplayOptions {
  /** Longest time for which one token is good. */
  readonly lifetimeMs: number;
  readonly most: number;
}

/** Two generations: whatever is forgotten is older than a lifetime. */
export const createReplayGuard = (
  clock: Pick<Clock, 'now'>,
  { lifetimeMs, most }: ReplayOptions,
): ((id: string) => Seen) => {
  let older = new Set<string>();
  let newer = new Set<string>();
  let turnedAt = clock.now();
  const turn = (): void => {
    const age = clock.now() - turnedAt;
    // A clock that was set back must not keep everything for ever.
    if (age >= 0 && age < lifetimeMs) return;
    older = age >= 2 * lifetimeMs ? new Set() : newer;
    newer = new Set();
    turnedAt = clock.now();
  };
  return (id) => {
    turn();
    if (older.has(id) || newer.has(id)) return 'again';
    if (newer.size >= most) return 'full';
    newer.add(id);
    return 'first';
  };
};
