// A clock that moves only when told to.
import type { Clock } from '../../shared/clock/clock.ts';

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  #alarms: readonly Alarm[] = [];

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const alarm = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    this.#alarms = [...this.#alarms, alarm];
    return () => {
      this.#alarms = this.#alarms.filter((each) => each !== alarm);
    };
  }

  /** When the next alarm rings; undefined = none is set. */
  get nextAt(): number | undefined {
    const times = this.#alarms.map(({ at }) => at);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Moves on, ringing what falls due in order; lets promises settle after each. */
  async advance(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    for (;;) {
      const [next] = [...this.#alarms]
        .filter(({ at }) => at <= until)
        .sort((a, b) => a.at - b.at || a.order - b.order);
      if (next === undefined) break;
      this.#alarms = this.#alarms.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settle();
    }
    this.#now = until;
    await settle();
  }
}

/** All promises that need no real time have settled. */
export const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
