// Lets FRR judge its routes anew once it holds what the cache gave: by itself it does so only now and then.
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Vty } from '../host/ports.ts';
import { heldIn, holdsAll } from './prefix-table.ts';
import type { Vrps } from './vrps.ts';

export interface RevalidationGiven {
  readonly vty: Vty;
  readonly clock: Clock;
  readonly log: Log;
}

const firstLookMs = 20;
const longestPauseMs = 500;
/** bgpd says it is synchronised by a look every three seconds, and may be busy starting. */
const limitMs = 60_000;

export class Revalidation {
  readonly #given: RevalidationGiven;
  #wanted: Vrps | undefined;
  #looking = false;
  #live = true;
  #startedAt = 0;
  #cancel: () => void = () => undefined;

  constructor(given: RevalidationGiven) {
    this.#given = given;
  }

  /** A router has been given these; if it is not our FRR, looking ends by itself. */
  expect(vrps: Vrps): void {
    this.#wanted = vrps;
    this.#startedAt = this.#given.clock.now();
    if (!this.#looking) this.#lookIn(firstLookMs);
  }

  stop(): void {
    this.#live = false;
    this.#cancel();
  }

  #lookIn(pauseMs: number): void {
    this.#looking = true;
    this.#cancel = this.#given.clock.after(pauseMs, () => {
      void this.#look(pauseMs);
    });
  }

  async #look(pauseMs: number): Promise<void> {
    const { clock, log } = this.#given;
    const wanted = this.#wanted;
    const isDone = wanted === undefined || (await this.#revalidate(wanted));
    if (!this.#live) return;
    const tookMs = clock.now() - this.#startedAt;
    if (isDone && this.#wanted === wanted) {
      this.#looking = false;
      log.debug('FRR judges its routes by the new origin authorisations', { durationMs: tookMs });
    } else if (tookMs > limitMs) {
      this.#looking = false;
      log.debug('FRR does not hold the origin authorisations that were given', {
        durationMs: tookMs,
      });
    } else this.#lookIn(isDone ? firstLookMs : Math.min(longestPauseMs, pauseMs * 2));
  }

  /** False while FRR is not there, has no module, or holds something else. */
  async #revalidate(wanted: Vrps): Promise<boolean> {
    const { vty } = this.#given;
    const [, table] = (await vty.ask('bgpd', ['enable', 'show rpki prefix-table'])) ?? [];
    const held = heldIn(table?.text ?? '');
    if (held === undefined || !holdsAll(held, wanted)) return false;
    const [, cleared] = (await vty.ask('bgpd', ['enable', 'clear bgp * soft in'])) ?? [];
    return cleared !== undefined;
  }
}
