// Keeps the node joined: one controller after another, its view kept on disk and told on.
import type { Endpoint } from '../../shared/address/endpoint.ts';
import { printRevision, type Revision } from '../../shared/mesh/revision.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import type { ReadEvent } from '../../shared/wire/view-event.ts';
import { endingFor, joinRequestFor, seekAdmission, type Admission } from './admission.ts';
import { retryDelayMs } from './back-off.ts';
import { failureText } from './failure.ts';
import type { Ending, UplinkGiven } from './given.ts';
import { meet, type Met } from './meet.ts';
import { PendingTeller } from './pending-teller.ts';
import type { Session } from './session.ts';
import { takeEvent, tellRefusals } from './take-event.ts';
import { ViewKeeper } from './view-keeper.ts';

/** A controller that ends each stream at once is none. */
const leastStreamMs = 1_000;

interface Resume {
  readonly kind: 'resume';
  readonly reason: string;
}

export class Uplink {
  readonly #given: UplinkGiven;
  readonly #keeper: ViewKeeper;
  readonly #pending: PendingTeller;
  #endpoints: readonly Endpoint[];
  #session: Session | undefined;
  #resumes: boolean;
  #failures = 0;
  #complaint = '';
  #connected = false;
  #stop: () => void = () => undefined;
  readonly #stopped: Promise<void>;
  #live = true;

  constructor(given: UplinkGiven) {
    this.#given = given;
    this.#endpoints = given.endpoints;
    this.#resumes = given.resumes;
    this.#pending = new PendingTeller(given);
    this.#keeper = new ViewKeeper(given);
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  /** A peers stream is open. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Why there is no stream; empty when there is one. */
  get complaint(): string {
    return this.#complaint;
  }

  /** What the controller says and this node does not believe: of whom, and why. */
  get refused(): ReadonlyMap<string, string> {
    return this.#keeper.pins.refused;
  }

  /** Attends until `stop()`. */
  async run(): Promise<void> {
    const { controlServers } = this.#given.config;
    for (let turn = 0; this.#isLive(); turn++) {
      const address = controlServers[turn % controlServers.length] ?? '';
      const ending = await this.#attend(address);
      this.#connected = false;
      if (!this.#isLive()) break;
      this.#failures += 1;
      this.#tell(address, ending);
      this.#given.onTrouble(ending);
      await this.#pause(
        retryDelayMs({
          failures: this.#failures,
          servers: controlServers.length,
          kind: ending.kind,
          random: this.#given.random(),
        }),
      );
    }
    await this.#keeper.settled();
  }

  stop(): void {
    this.#live = false;
    this.#session?.close();
    this.#stop();
  }

  /** The node is reached elsewhere now: tells the controller, at once where one is attended. */
  announce(endpoints: readonly Endpoint[]): void {
    if (endpoints.join() === this.#endpoints.join()) return;
    this.#endpoints = endpoints;
    this.#given.log.info('this node is reached elsewhere now', { address: endpoints.join(', ') });
    const session = this.#connected ? this.#session : undefined;
    if (session === undefined) return;
    void session.join(joinRequestFor(this.#given, endpoints), false).then((joined) => {
      // The stream's end, a moment later, leads to a new join with the new endpoints.
      if (!joined.ok) session.close();
    });
  }

  /** Tells the controller how this node is; a report that does not arrive is replaced by the next. */
  async report(status: NodeStatus): Promise<void> {
    if (!this.#connected || this.#session === undefined) return;
    const result = await this.#session.report(status);
    if (!result.ok) {
      this.#given.log.debug('the status report did not arrive', { reason: failureText(result) });
    }
  }

  async #attend(address: string): Promise<Ending> {
    const meeting = await meet(this.#given, address, (session) => {
      this.#session = session;
    });
    if (!meeting.ok) return meeting;
    const { session } = meeting.value;
    try {
      if (!this.#isLive()) return { kind: 'unreachable', reason: 'stopping' };
      const admission = await this.#join(meeting.value);
      if ('kind' in admission) return admission;
      this.#connected = true;
      this.#complaint = '';
      return await this.#followOn(session, admission);
    } finally {
      this.#session = undefined;
      session.close();
    }
  }

  async #join(met: Met): Promise<Admission | Ending> {
    let announced = this.#endpoints;
    const admission = await seekAdmission({
      given: this.#given,
      met,
      endpoints: () => (announced = this.#endpoints),
      pause: async (delayMs) => {
        await this.#pause(delayMs);
        return this.#isLive();
      },
      onPending: (reason, fingerprint) => {
        this.#pending.tell(met.address, reason, fingerprint);
      },
    });
    if ('kind' in admission) return admission;
    const { log } = this.#given;
    const { self, unauthorised } = admission.answer;
    log.info(`joined the mesh at ${met.address}`, { node: self.name, address: met.address });
    if (unauthorised.length > 0) {
      log.warn(
        `not yet authorised, and so not announced: ${unauthorised.join(', ')}; an operator grants it on the controller`,
        { count: unauthorised.length },
      );
    }
    if (announced !== this.#endpoints) {
      await met.session.join(joinRequestFor(this.#given, this.#endpoints), false);
    }
    return admission;
  }

  /** A stream ends after a while, and goes on with a fresh proof. */
  async #followOn(session: Session, admission: Admission): Promise<Ending> {
    const { monotonicMs } = this.#given;
    for (;;) {
      const startedMs = monotonicMs();
      const ending = await this.#follow(session, admission);
      if (ending.kind !== 'resume') return ending;
      if (monotonicMs() - startedMs < leastStreamMs) {
        return { kind: 'unreachable', reason: ending.reason };
      }
    }
  }

  #follow(session: Session, admission: Admission): Promise<Ending | Resume> {
    const resumeFrom = this.#resumes
      ? resumePoint(this.#keeper.view?.revision, admission.answer.revision)
      : undefined;
    this.#resumes = true;
    return new Promise((resolve) => {
      const cancel = session.watch({
        resumeFrom,
        onEvent: (read) => {
          const ending = this.#take(read, admission);
          if (ending === undefined) return;
          cancel();
          resolve(ending);
        },
        onEnd: (failure) => {
          const { kind } = failure;
          resolve(kind === 'resume' ? { kind, reason: failure.reason } : endingFor(failure));
        },
      });
    });
  }

  /** An ending when the stream cannot go on. */
  #take({ event, complaints }: ReadEvent, admission: Admission): Ending | undefined {
    const { log, config } = this.#given;
    for (const reason of complaints)
      log.warn('left out what the controller said of one node', { reason });
    const { hostname: name, operatorKeys } = config;
    const before = this.#keeper.pins;
    const taken = takeEvent(this.#keeper, event, { name, operatorKeys, admission });
    if (taken.kind !== 'view') return this.#endingOf(taken);
    if (taken.kept.length > 0) {
      log.warn(
        'the controller no longer names these peers but does not say that they are gone: they stay',
        { peer: taken.kept.join(', '), count: taken.kept.length },
      );
    }
    if (taken.waiting.length > 0) {
      log.info('peers that have not signed a statement yet are left out until they have', {
        peer: taken.waiting.join(', '),
        count: taken.waiting.length,
      });
    }
    this.#failures = 0;
    tellRefusals(log, before, taken.pins);
    if (taken.view !== this.#keeper.view || taken.pins !== before) {
      this.#keeper.take(taken.view, taken.pins);
    }
    log.debug('view', {
      revision: printRevision(taken.view.revision),
      count: taken.view.peers.length,
    });
    return undefined;
  }

  #endingOf(taken: Exclude<ReturnType<typeof takeEvent>, { kind: 'view' }>): Ending {
    switch (taken.kind) {
      case 'resync':
        this.#resumes = false;
        return { kind: 'unreachable', reason: `asking for everything anew: ${taken.reason}` };
      case 'removed':
        return {
          kind: 'turned-away',
          reason: `this node was removed from the mesh (${taken.reason}); what is configured stays until "client -clean"`,
        };
      case 'stranger':
        return {
          kind: 'refused',
          reason: 'the controller speaks of another register than the one that it has proven',
        };
    }
  }

  #tell(address: string, { kind, reason }: Ending): void {
    const { log } = this.#given;
    const text =
      kind === 'unreachable'
        ? 'no controller; it is tried again'
        : 'the controller refuses this node; it is asked again';
    if (reason === this.#complaint) log.debug(text, { address, reason });
    else if (kind !== 'unreachable') log.error(text, { address, reason });
    else log.warn(text, { address, reason });
    this.#complaint = reason;
  }

  async #pause(delayMs: number): Promise<void> {
    let cancel = (): void => undefined;
    const slept = new Promise<void>((resolve) => {
      cancel = this.#given.clock.after(delayMs, resolve);
    });
    await Promise.race([slept, this.#stopped]);
    cancel();
  }

  #isLive(): boolean {
    return this.#live;
  }
}

/** Where to resume: only within the same register. */
const resumePoint = (held: Revision | undefined, joined: Revision): Revision | undefined =>
  held?.registerId === joined.registerId ? held : undefined;
