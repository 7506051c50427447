// Counts wrong administrator tokens by where they come from, so that guessing is slow; bounded.
import type { Clock } from '../../shared/clock/clock.ts';

export interface GuessLimit {
  /** Too many were wrong within the last minute. */
  isShut(source: string): boolean;
  wrong(source: string): void;
}

const windowMs = 60_000;
const mostWrong = 20;
const mostSources = 10_000;

export const createGuessLimit = (clock: Pick<Clock, 'now'>): GuessLimit => {
  const counts = new Map<string, { readonly sinceMs: number; readonly wrong: number }>();
  const current = (source: string): { readonly sinceMs: number; readonly wrong: number } => {
    const now = clock.now();
    const count = counts.get(source);
    // A clock that was set back must not shut anybody out for ever.
    const isOld = count === undefined || now - count.sinceMs >= windowMs || now < count.sinceMs;
    return isOld ? { sinceMs: now, wrong: 0 } : count;
  };
  return {
    isShut: (source) => current(source).wrong >= mostWrong,
    wrong: (source) => {
      const { sinceMs, wrong } = current(source);
      counts.delete(source);
      counts.set(source, { sinceMs, wrong: wrong + 1 });
      const [oldest] = counts.keys();
      if (counts.size > mostSources && oldest !== undefined) counts.delete(oldest);
    },
  };
};
