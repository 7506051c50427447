// Nodes that wait for an operator: in memory, bounded, forgotten when they stop asking.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { WhyWaiting } from '../register/admit.ts';

export interface Waiting {
  /** As it was said last, without the token. */
  readonly request: JoinRequest;
  readonly why: WhyWaiting;
  /** That the request came from. */
  readonly address: string;
  /** Whom it counts against; undefined = nobody. */
  readonly source: string | undefined;
  readonly version: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface PendingLimits {
  readonly most: number;
  readonly mostOfSource: number;
  /** Nodes ask again every few seconds. */
  readonly keptMs: number;
  readonly mostRejected: number;
}

const defaults: PendingLimits = {
  most: 1000,
  mostOfSource: 64,
  keptMs: 15 * 60 * 1000,
  mostRejected: 10_000,
};

export type Seen = 'first' | 'again' | 'rejected' | 'too-many';

export type Asking = Omit<Waiting, 'firstSeenMs' | 'lastSeenMs'>;

/** Keyed by identity key: several nodes may wait for one name. Maps keep the order of the last sight. */
export class Pending {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: PendingLimits;
  readonly #waiting = new Map<IdentityKey, Waiting>();
  readonly #rejected = new Map<IdentityKey, Waiting>();

  constructor(clock: Pick<Clock, 'now'>, limits: Partial<PendingLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...defaults, ...limits };
  }

  see(asking: Asking): Seen {
    const { request, source } = asking;
    this.#forgetOld();
    const key = request.identityKey;
    if (this.#rejected.has(key)) return 'rejected';
    const before = this.#waiting.get(key);
    const now = this.#clock.now();
    if (before === undefined && this.#ofSource(source) >= this.#limits.mostOfSource) {
      return 'too-many';
    }
    this.#waiting.delete(key);
    this.#waiting.set(key, {
      ...asking,
      request: { ...request, token: '' },
      firstSeenMs: before?.firstSeenMs ?? now,
      lastSeenMs: now,
    });
    dropOldest(this.#waiting, this.#limits.most);
    return before === undefined ? 'first' : 'again';
  }

  /** Sorted by name, then by identity key. */
  list(): readonly Waiting[] {
    this.#forgetOld();
    return [...this.#waiting.values()].sort((a, b) => byText(sortKey(a), sortKey(b)));
  }

  named(name: Hostname): readonly Waiting[] {
    return this.list().filter(({ request }) => request.name === name);
  }

  /** Those that were turned away: an operator may still think better of it. */
  rejected(name: Hostname): readonly Waiting[] {
    return [...this.#rejected.values()].filter(({ request }) => request.name === name);
  }

  reject(waiting: Waiting): void {
    const key = waiting.request.identityKey;
    this.#waiting.delete(key);
    this.#rejected.delete(key);
    this.#rejected.set(key, waiting);
    dropOldest(this.#rejected, this.#limits.mostRejected);
  }

  /** It is in the register now. */
  forget(key: IdentityKey): void {
    this.#waiting.delete(key);
    this.#rejected.delete(key);
  }

  #ofSource(source: string | undefined): number {
    let count = 0;
    if (source === undefined) return count;
    for (const each of this.#waiting.values()) if (each.source === source) count++;
    return count;
  }

  #forgetOld(): void {
    const oldest = this.#clock.now() - this.#limits.keptMs;
    for (const [key, { lastSeenMs }] of this.#waiting) {
      if (lastSeenMs > oldest) break;
      this.#waiting.delete(key);
    }
  }
}

const dropOldest = <V>(map: Map<IdentityKey, V>, most: number): void => {
  for (const key of map.keys()) {
    if (map.size <= most) break;
    map.delete(key);
  }
};

const sortKey = ({ request }: Waiting): string => `${request.name} ${request.identityKey}`;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
