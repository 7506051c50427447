// Reports the node's state: soon when something changed, and every few seconds anyway.
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import { gistOf } from './status-for.ts';

const tickMs = 3_000;
const reportMs = 9_000;

export interface ReporterGiven {
  readonly clock: Clock;
  readonly log: Log;
  /** The state as it is now. */
  readonly status: () => Promise<NodeStatus>;
  readonly send: (status: NodeStatus) => Promise<void>;
}

export class Reporter {
  readonly #given: ReporterGiven;
  #last: NodeStatus | undefined;
  #sentAt = 0;
  #busy = false;
  #cancel: () => void = () => undefined;
  #live = true;

  constructor(given: ReporterGiven) {
    this.#given = given;
  }

  /** The state of the last look; undefined before the first. */
  get last(): NodeStatus | undefined {
    return this.#last;
  }

  start(): void {
    void this.tick();
  }

  stop(): void {
    this.#live = false;
    this.#cancel();
  }

  /** Looks now; a look that still runs is enough. */
  async tick(): Promise<void> {
    if (!this.#live || this.#busy) return;
    this.#busy = true;
    this.#cancel();
    try {
      await this.#look();
    } catch (fault) {
      this.#given.log.warn("the node's state cannot be read or reported; tried again", {
        error: fault instanceof Error ? fault.message : String(fault),
      });
    }
    this.#busy = false;
    if (this.#isLive()) {
      this.#cancel = this.#given.clock.after(tickMs, () => {
        void this.tick();
      });
    }
  }

  async #look(): Promise<void> {
    const { clock, status, send } = this.#given;
    const now = await status();
    const changed = this.#last === undefined || gistOf(now) !== gistOf(this.#last);
    this.#last = now;
    if (!changed && clock.now() - this.#sentAt < reportMs) return;
    this.#sentAt = clock.now();
    await send(now);
  }

  #isLive(): boolean {
    return this.#live;
  }
}
