// The RTR cache of the agent, composed: it serves the last accepted view to the FRR beside it.
import type { Log } from '../../shared/log/log.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { View } from '../../shared/mesh/view.ts';
import type { Vty } from '../host/ports.ts';
import type { Intervals } from '../rtr/pdu.ts';
import { Revalidation } from '../rtr/revalidation.ts';
import { RtrServer } from '../rtr/rtr-server.ts';
import { retiredAfter, withRetired, type Retired } from '../rtr/retired.ts';
import { vrpsFrom, type Vrps } from '../rtr/vrps.ts';

export interface RtrPartGiven {
  readonly port: number;
  readonly vty: Vty;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Others than the shipped ones, for tests. */
  readonly intervals?: Intervals;
}

/** A port that another program holds may be free again. */
const retryMs = 10_000;

/** Nothing is served before the first view: an empty table would be a word about all prefixes. */
export class RtrPart {
  readonly #given: RtrPartGiven;
  readonly #revalidation: Revalidation;
  #authorised: Vrps = new Map();
  #retired: Retired = [];
  #server: RtrServer | undefined;
  #cancel: () => void = () => undefined;
  #live = true;
  #told = false;

  constructor(given: RtrPartGiven) {
    this.#given = given;
    this.#revalidation = new Revalidation(given);
  }

  take(view: View): void {
    const authorised = vrpsFrom(view);
    this.#retired = retiredAfter(this.#retired, this.#authorised, authorised);
    this.#authorised = authorised;
    const vrps = withRetired(authorised, this.#retired);
    if (this.#server !== undefined) {
      this.#server.take(vrps);
      return;
    }
    const { port, clock, log, random, intervals } = this.#given;
    this.#server = new RtrServer({
      port,
      clock,
      log,
      sessionId: Math.floor(random() * 65_536),
      vrps,
      ...(intervals && { intervals }),
      onGiven: (given) => {
        this.#revalidation.expect(given);
      },
    });
    void this.#listen(this.#server);
  }

  async stop(): Promise<void> {
    this.#live = false;
    this.#cancel();
    this.#revalidation.stop();
    await this.#server?.close();
  }

  async #listen(server: RtrServer): Promise<void> {
    const { clock, log, port } = this.#given;
    const listening = await server.listen();
    if (listening.ok) {
      log.info('serves origin authorisations to FRR (RTR)', { address: `127.0.0.1:${port}` });
      return;
    }
    if (!this.#told) log.error(listening.reason);
    this.#told = true;
    if (!this.#live) return;
    this.#cancel = clock.after(retryMs, () => {
      void this.#listen(server);
    });
  }
}
