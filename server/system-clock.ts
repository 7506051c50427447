// The real clock.
import type { Clock } from '../shared/clock/clock.ts';

/** setTimeout fires at once for anything longer. */
const longestMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), longestMs));
    return () => {
      clearTimeout(timer);
    };
  },
};
