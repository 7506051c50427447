// Puts limits on every call: how often, how long its request may take, how long its answers may wait.
import {
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerInterceptingCallInterface,
} from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock/clock.ts';
import { refused } from '../../shared/outcome/refusal.ts';
import { createBucket, createBuckets } from '../door/buckets.ts';
import type { Cut, Door } from '../door/door.ts';
import type { CallLimits, SourceRates } from '../door/limits.ts';
import type { Visitor } from '../door/visitor.ts';
import { statusOfRefusal } from './status-of-refusal.ts';

export interface LimitedCallsGiven {
  readonly clock: Clock;
  readonly door: Door;
  readonly limits: CallLimits;
  readonly onOverloaded: () => void;
}

/** Rates are looked at when the headers are here: before a body is read or a signature checked. */
export const limitedCalls = (given: LimitedCallsGiven): ServerInterceptor => {
  const { clock, limits } = given;
  const mayJoin = rateGate(clock, limits.joins);
  const mayCall = rateGate(clock, limits.calls);
  return ({ path }, call) => {
    // Strangers are answered there too.
    const isJoin = path.startsWith('/meshover.v1.Joining/');
    const admits = (visitor: Visitor): boolean =>
      isJoin ? mayJoin(visitor.source) : mayCall(visitor.source);
    return new LimitedCall(call, { ...given, admits, proves: !isJoin });
  };
};

const rateGate = (
  clock: Clock,
  { perSource, together }: SourceRates,
): ((source: string | undefined) => boolean) => {
  const own = createBuckets(clock, perSource);
  const all = createBucket(clock, together);
  return (source) => (source === undefined || own(source).take(1)) && all.take(1);
};

type ReadingListener = Parameters<ServerInterceptingCall['start']>[0];

interface Given extends LimitedCallsGiven {
  readonly admits: (visitor: Visitor) => boolean;
  /** An answer to this call shows that the caller is a node or an operator. */
  readonly proves: boolean;
}

class LimitedCall extends ServerInterceptingCall {
  readonly #given: Given;
  readonly #visitor: Visitor | undefined;
  #answered = false;
  #ended = false;
  #stopRequestTimer: (() => void) | undefined;
  #stopAnswerTimer: (() => void) | undefined;

  constructor(call: ServerInterceptingCallInterface, given: Given) {
    super(call);
    this.#given = given;
    this.#visitor = given.door.visitor(call.getConnectionInfo());
  }

  override start(listener: ReadingListener): void {
    super.start({
      onReceiveMetadata: (metadata) => {
        const { clock, limits } = this.#given;
        if (!this.#admitted()) return;
        this.#stopRequestTimer = clock.after(limits.requestMs, () => {
          this.#cut('request-late');
        });
        listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message) => {
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => {
        this.#stopRequestTimer?.();
        listener.onReceiveHalfClose();
      },
      onCancel: () => {
        this.#end();
        listener.onCancel();
      },
    });
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#answer();
    const { clock, limits } = this.#given;
    this.#stopAnswerTimer?.();
    this.#stopAnswerTimer = clock.after(limits.takenMs, () => {
      this.#cut('not-reading');
    });
    super.sendMessage(message, () => {
      this.#stopAnswerTimer?.();
      callback();
    });
  }

  #admitted(): boolean {
    const visitor = this.#visitor;
    if (visitor === undefined || this.#given.admits(visitor)) return true;
    this.#given.onOverloaded();
    const words =
      'too many requests at once from here; try again later, the agents do so by themselves';
    this.sendStatus(statusOfRefusal(refused('overloaded', words).refusal));
    return false;
  }

  #answer(): void {
    if (!this.#given.proves) return;
    if (this.#answered || this.#ended || this.#visitor === undefined) return;
    this.#answered = true;
    this.#given.door.answered(this.#visitor);
  }

  #end(): void {
    this.#stopRequestTimer?.();
    this.#stopAnswerTimer?.();
    if (this.#ended) return;
    this.#ended = true;
    if (this.#answered && this.#visitor !== undefined) this.#given.door.ended(this.#visitor);
  }

  #cut(cut: Cut): void {
    if (this.#visitor !== undefined) this.#given.door.cut(this.#visitor, cut);
  }
}
