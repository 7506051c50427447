// Keeps the node joined: one controller after another, its view kept on disk and told on.
import type { Endpoint } from '../../shared/address/endpoint.ts';
import { printRevision, type Revision } from '../../shared/mesh/revision.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import type { ReadEvent } from '../../shared/wire/view-event.ts';
import {
  diagnose,
  failureText,
  joinRequestFor,
  pin,
  resumePoint,
  sessionFor,
  trustFor,
  type Trusted,
} from './attend.ts';
import { retryDelayMs } from './back-off.ts';
import type { Trouble, UplinkGiven } from './given.ts';
import type { Session } from './session.ts';
import { viewAfter } from './view-after.ts';
import { ViewKeeper } from './view-keeper.ts';

const pendingText = 'this node waits until an operator approves it on the controller';

export class Uplink {
  readonly #given: UplinkGiven;
  readonly #keeper: ViewKeeper;
  #endpoints: readonly Endpoint[];
  #session: Session | undefined;
  #registerId: string | undefined;
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
    this.#registerId = given.saved?.revision.registerId;
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

  async #attend(address: string): Promise<Trouble> {
    const trusted = await trustFor(this.#given, address);
    if (!trusted.ok) return { kind: 'unreachable', reason: trusted.reason };
    if (!this.#isLive()) return { kind: 'unreachable', reason: 'stopping' };
    const { authority } = trusted.value;
    const session = sessionFor(this.#given, address, {
      authority,
      registerId: () => this.#registerId,
    });
    this.#session = session;
    try {
      const revision = await this.#join(session, address, trusted.value);
      return 'kind' in revision ? revision : await this.#follow(session, revision);
    } finally {
      this.#session = undefined;
      session.close();
    }
  }

  async #join(session: Session, address: string, trusted: Trusted): Promise<Revision | Trouble> {
    const announced = this.#endpoints;
    const joined = await session.join(joinRequestFor(this.#given, announced), false);
    if (!joined.ok) {
      if (joined.kind === 'refused') return { kind: 'refused', reason: failureText(joined) };
      const stranger = trusted.fresh
        ? undefined
        : await diagnose(this.#given, address, trusted.authority);
      if (stranger !== undefined) return { kind: 'refused', reason: stranger };
      return { kind: 'unreachable', reason: joined.reason };
    }
    if (trusted.fresh) await pin(this.#given, address, trusted.authority);
    if (joined.value.membership === 'pending') return { kind: 'refused', reason: pendingText };
    const { revision, self } = joined.value;
    this.#registerId = revision.registerId;
    this.#given.log.info(`joined the mesh at ${address}`, { node: self.name, address });
    if (announced !== this.#endpoints) {
      await session.join(joinRequestFor(this.#given, this.#endpoints), false);
    }
    return revision;
  }

  #follow(session: Session, joined: Revision): Promise<Trouble> {
    const resumeFrom = this.#resumes ? resumePoint(this.#keeper.view?.revision, joined) : undefined;
    this.#resumes = true;
    this.#connected = true;
    this.#complaint = '';
    return new Promise((resolve) => {
      const cancel = session.watch({
        resumeFrom,
        onEvent: (read) => {
          const ending = this.#take(read);
          if (ending === undefined) return;
          cancel();
          resolve(ending);
        },
        onEnd: (failure) => {
          const kind =
            failure.kind === 'refused' && failure.refusal.code !== 'overloaded'
              ? 'refused'
              : 'unreachable';
          resolve({ kind, reason: failureText(failure) });
        },
      });
    });
  }

  /** An ending when the stream cannot go on. */
  #take({ event, complaints }: ReadEvent): Trouble | undefined {
    const { log, config } = this.#given;
    for (const reason of complaints)
      log.warn('left out what the controller said of one node', { reason });
    const after = viewAfter(this.#keeper.view, event, config.hostname);
    if (after.kind === 'resync') {
      this.#resumes = false;
      return { kind: 'unreachable', reason: `asking for everything anew: ${after.reason}` };
    }
    if (after.kind === 'removed') {
      return {
        kind: 'refused',
        reason: `this node was removed from the mesh (${after.reason}); what is configured stays until "client -clean"`,
      };
    }
    if (after.kept.length > 0) {
      log.warn(
        'the controller no longer names these peers but does not say that they are gone: they stay',
        {
          peer: after.kept.join(', '),
          count: after.kept.length,
        },
      );
    }
    this.#failures = 0;
    if (after.view !== this.#keeper.view) this.#keeper.take(after.view);
    log.debug('view', {
      revision: printRevision(after.view.revision),
      count: after.view.peers.length,
    });
    return undefined;
  }

  #tell(address: string, { kind, reason }: Trouble): void {
    const { log } = this.#given;
    const text =
      kind === 'refused'
        ? 'the controller refuses this node; it is asked again'
        : 'no controller; it is tried again';
    if (reason === this.#complaint) log.debug(text, { address, reason });
    else if (kind === 'refused') log.error(text, { address, reason });
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
