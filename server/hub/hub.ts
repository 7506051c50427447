// The only writer: takes all waiting requests, makes their changes durable at once, then tells.
import type { KeyObject } from 'node:crypto';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import { refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Act } from '../register/act.ts';
import { mergeChanges, type Change, type Changed } from '../register/change.ts';
import { joinNode, type Joined } from '../register/join.ts';
import { nodeOf, type Register } from '../register/register.ts';
import { removeNode, type Removal } from '../register/remove.ts';
import type { Store } from '../store/store.ts';
import { Broadcast, type Listener } from './broadcast.ts';
import type { Codec } from './encoded-events.ts';
import type { HubState, NodeReport } from './state.ts';

export interface HubGiven {
  /** As it is in the store. */
  readonly register: Register;
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Clock;
  readonly codec: Codec;
  /** Private half of the register's key. */
  readonly key: KeyObject;
  /** Everybody is admitted. */
  readonly open: boolean;
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
  readonly #reports = new Map<Hostname, NodeReport>();
  #register: Register;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(given: HubGiven) {
    this.#given = given;
    this.#register = given.register;
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

  /** Durable when it answers; rejects when the store failed, and then nothing changed. */
  join(request: JoinRequest): Promise<Outcome<Joined>> {
    return this.#write((register) => this.#decideJoin(register, request));
  }

  /** What `join` would answer; changes nothing. */
  tryJoin(request: JoinRequest): Outcome<Joined> {
    return this.#decideJoin(this.#register, request);
  }

  async remove(removal: Removal): Promise<Outcome<Changed>> {
    const outcome = await this.#write((register) => removeNode(register, removal, this.#act()));
    if (outcome.ok) this.#reports.delete(removal.name);
    return outcome;
  }

  report(name: Hostname, status: NodeStatus): void {
    this.#reports.set(name, { status, atMs: this.#given.clock.now() });
  }

  /** The result ends it. */
  watch(listener: Listener, held: Revision | undefined): () => void {
    return this.#broadcast.add(listener, held);
  }

  /** Waits until what was asked is durable and answered. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#broadcast.close();
    while (this.#writing !== undefined) await this.#writing;
  }

  #act(): Act {
    return { atMs: this.#given.clock.now(), key: this.#given.key };
  }

  #decideJoin(register: Register, request: JoinRequest): Outcome<Joined> {
    return this.#given.open || nodeOf(register, request.name) !== undefined
      ? joinNode(register, request, { ...this.#act(), open: this.#given.open })
      : notAdmitted(request.name);
  }

  #write<C extends Changed>(decide: (register: Register) => Outcome<C>): Promise<Outcome<C>> {
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
      await this.#given.store.commit(change.writes);
      this.#register = register;
      this.#broadcast.publish(register, change);
    }
    for (const [i, outcome] of outcomes.entries()) group[i]?.answer(outcome);
  }
}

const notAdmitted = (name: Hostname): ReturnType<typeof refused> =>
  refused(
    'not-admitted',
    `this controller does not know "${name}" and admits nobody; start it with -open to admit every ` +
      'node that reaches it',
  );
