// A clock that stands still until a test moves it.
import type { Clock } from '../../../shared/clock/clock.ts';

export interface HandClock extends Clock {
  /** Runs what falls due on the way, in order. */
  advance(ms: number): void;
}

export const handClock = (): HandClock => {
  let now = 0;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    after: (delayMs, run) => {
      const timer = { at: now + delayMs, run };
      timers = [...timers, timer].sort((a, b) => a.at - b.at);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    advance: (ms) => {
      const end = now + ms;
      for (let next = timers[0]; next !== undefined && next.at <= end; next = timers[0]) {
        timers = timers.slice(1);
        now = next.at;
        next.run();
      }
      now = Math.max(now, end);
    },
  };
};
