// The only writer: takes all waiting requests, makes their changes durable at once, then tells.
import type { KeyObject } from 'node:crypto';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import { printRevision, type Revision } from '../../shared/mesh/revision.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Act } from '../register/act.ts';
import { mergeChanges, type Change, type Changed } from '../register/change.ts';
import { beginEpoch, isBehind } from '../register/new-epoch.ts';
import type { AuditEvent } from '../register/record.ts';
import type { Register } from '../register/register.ts';
import type { Store } from '../store/store.ts';
import { Broadcast, type Listener } from './broadcast.ts';
import type { Codec } from './encoded-events.ts';
import { Pending } from './pending.ts';
import type { HubState, NodeReport } from './state.ts';

export interface HubGiven {
  /** As it is in the store. */
  readonly register: Register;
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Clock;
  readonly codec: Codec;
  readonly log: Log;
  /** Private half of the register's key. */
  readonly key: KeyObject;
  /** Requests that may wait for the store; more are refused. */
  readonly mostWaiting?: number;
}

interface Waiting {
  /** Decides on the register that the requests before this one made. */
  readonly decide: (register: Register) => Outcome<Changed>;
  readonly answer: (outcome: Outcome<Changed>) => void;
  readonly fail: (fault: unknown) => void;
}

export class Hub implements HubState {
  readonly #given: HubGiven;
  readonly #broadcast: Broadcast;
  readonly #pending: Pending;
  readonly #listeners = new Set<(events: readonly AuditEvent[]) => void>();
  readonly #reports = new Map<Hostname, NodeReport>();
  #register: Register;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;
  #caughtUp = false;

  constructor(given: HubGiven) {
    this.#given = given;
    this.#register = given.register;
    this.#pending = new Pending(given.clock);
    this.#broadcast = new Broadcast(given.register, given);
  }

  register(): Register {
    return this.#register;
  }

  reports(): ReadonlyMap<Hostname, NodeReport> {
    return this.#reports;
  }

  connected(): ReadonlySet<Hostname> {
    return this.#broadcast.connected();
  }

  /** Nodes that wait for an operator. */
  get pending(): Pending {
    return this.#pending;
  }

  act(who: string): Act {
    return { who, atMs: this.#given.clock.now(), key: this.#given.key };
  }

  /** What `decide` changes is durable when this answers; rejects when the store failed, and then nothing changed. */
  write<C extends Changed>(decide: (register: Register) => Outcome<C>): Promise<Outcome<C>> {
    if (this.#closed) {
      return Promise.resolve(refused('overloaded', 'the controller stops; the agents try again'));
    }
    if (this.#queue.length >= (this.#given.mostWaiting ?? 20_000)) {
      return Promise.resolve(
        refused('overloaded', 'too many requests wait for the disk; the agents try again'),
      );
    }
    return new Promise((resolve, reject) => {
      const answer = resolve as (outcome: Outcome<Changed>) => void;
      this.#queue.push({ decide, answer, fail: reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Events of the audit log as they become durable; the result ends it. */
  onEvents(listener: (events: readonly AuditEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  report(name: Hostname, status: NodeStatus): void {
    this.#reports.set(name, { status, atMs: this.#given.clock.now() });
  }

  /** The result ends it. */
  watch(listener: Listener, held: Revision | undefined): () => void {
    if (held !== undefined && isBehind(this.#register.revision, held)) this.#catchUp(held);
    return this.#broadcast.add(listener, held);
  }

  /** Waits until what was asked is durable and answered. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#broadcast.close();
    while (this.#writing !== undefined) await this.#writing;
  }

  // A restore always comes with a start of the controller: once in its life is enough, and a node
  // that lies about what it holds cannot make every node fetch a snapshot again and again.
  #catchUp(held: Revision): void {
    if (this.#caughtUp) return;
    this.#caughtUp = true;
    const { log } = this.#given;
    const begun = this.write((register) => accepted(beginEpoch(register, held.epoch)));
    begun.then(
      () => {
        log.warn(
          'a node holds a later revision than this register: the register must have been restored from ' +
            'an older copy; a new epoch begins, and what was changed since must be done again',
          { revision: printRevision(this.#register.revision), reason: printRevision(held) },
        );
      },
      (fault: unknown) => {
        log.error('a new epoch cannot be stored: mend the disk and start the controller again', {
          error: String(fault),
        });
      },
    );
  }

  async #writeAll(): Promise<void> {
    // Requests of one turn of the event loop share a commit.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const group = this.#queue.splice(0);
      try {
        await this.#writeGroup(group);
      } catch (fault) {
        for (const { fail } of group) fail(fault);
      }
    }
    this.#writing = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    let register = this.#register;
    const changes: Change[] = [];
    const outcomes: Outcome<Changed>[] = [];
    for (const { decide } of group) {
      const outcome = decide(register);
      outcomes.push(outcome);
      if (!outcome.ok) continue;
      register = outcome.value.register;
      changes.push(outcome.value.change);
    }
    const change = mergeChanges(changes);
    if (change.writes.length > 0) {
      await this.#given.store.commit(change.writes, change.events);
      this.#take(register, change);
    }
    for (const [i, outcome] of outcomes.entries()) group[i]?.answer(outcome);
  }

  #take(register: Register, change: Change): void {
    const isNewEpoch = register.revision.epoch !== this.#register.revision.epoch;
    this.#register = register;
    for (const { name } of change.tombstones) this.#reports.delete(name);
    // Only what peers may see makes a revision.
    if (change.nodes.length > 0 || change.tombstones.length > 0 || isNewEpoch) {
      this.#broadcast.publish(register, change);
    }
    if (change.events.length === 0) return;
    for (const listener of this.#listeners) listener(change.events);
  }
}
