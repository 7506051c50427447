// Stands in front of a listener: lets connections in, watches what they are worth, cuts them.
import type { Clock } from '../../shared/clock/clock.ts';
import { createBucket, createBuckets, type Buckets } from './buckets.ts';
import { Crowd } from './crowd.ts';
import type { DoorLimits } from './limits.ts';
import { sourceOf } from './source.ts';
import type { Connection, Visitor } from './visitor.ts';

/** Why a connection was not taken, or was cut. */
export type Cut =
  | 'too-many' // all places are taken
  | 'source-too-many' // this source has its share
  | 'source-too-fast' // it comes too often
  | 'silent' // not a byte
  | 'unproven' // no call that was answered
  | 'idle' // no call for long
  | 'too-much' // it sends more than it may
  | 'request-late' // it began a request and did not finish it
  | 'not-reading'; // it does not take its answers

export interface DoorGiven {
  readonly clock: Clock;
  readonly limits: DoorLimits;
  readonly onCut: (cut: Cut, source: string | undefined) => void;
}

/** The unproven are looked at each time, all others each tenth. */
const lookMs = 250;

export class Door {
  readonly #given: DoorGiven;
  readonly #arrivals: Buckets;
  readonly #crowd = new Crowd();
  readonly #byPeer = new Map<string, Visitor>();
  #looks = 0;
  #cancelLook: (() => void) | undefined;

  constructor(given: DoorGiven) {
    this.#given = given;
    this.#arrivals = createBuckets(given.clock, given.limits.arrivals);
  }

  get connections(): number {
    return this.#crowd.size;
  }

  /** Undefined: it was turned away, and the connection is gone. `leave` must follow when it closes. */
  enter(socket: Connection): Visitor | undefined {
    const source = sourceOf(socket.remoteAddress);
    const refusal = this.#refusalOf(source);
    if (refusal !== undefined) {
      this.#given.onCut(refusal, source);
      socket.resetAndDestroy();
      return undefined;
    }
    const { clock, limits } = this.#given;
    const visitor: Visitor = {
      ...{ socket, source, arrivedAt: clock.now(), bytes: createBucket(clock, limits.provenBytes) },
      ...{ bytesSeen: 0, stage: 'silent', open: 0, idleSince: 0 },
    };
    this.#crowd.add(visitor);
    this.#byPeer.set(peerOf(socket), visitor);
    this.#cancelLook ??= clock.after(lookMs, this.#look);
    return visitor;
  }

  /** Its first bytes are here. False: there is no place for it, and it was cut. */
  speaks(visitor: Visitor): boolean {
    const full = this.#crowd.at('speaking').size >= this.#given.limits.mostSpeaking;
    if (full && !this.#oldestGaveWay()) this.cut(visitor, 'too-many');
    else this.#crowd.move(visitor, 'speaking');
    return visitor.stage === 'speaking';
  }

  /** What this connection has become; undefined when it is gone. */
  visitor(peer: Pick<Connection, 'remoteAddress' | 'remotePort'>): Visitor | undefined {
    return this.#byPeer.get(peerOf(peer));
  }

  leave(visitor: Visitor): void {
    this.#crowd.remove(visitor);
    const peer = peerOf(visitor.socket);
    if (this.#byPeer.get(peer) === visitor) this.#byPeer.delete(peer);
  }

  /** A call of a node or an operator was answered on it, and is open. */
  answered(visitor: Visitor): void {
    visitor.open++;
    this.#crowd.move(visitor, 'proven');
  }

  ended(visitor: Visitor): void {
    visitor.open--;
    visitor.idleSince = this.#given.clock.now();
  }

  cut(visitor: Visitor, cut: Cut): void {
    this.#given.onCut(cut, visitor.source);
    this.leave(visitor);
    visitor.socket.destroy();
  }

  close(): void {
    this.#cancelLook?.();
  }

  #refusalOf(source: string | undefined): Cut | undefined {
    const { limits } = this.#given;
    const own = this.#crowd.of(source);
    if (own.all >= limits.mostPerSource || own.unproven >= limits.mostUnprovenPerSource) {
      return 'source-too-many';
    }
    if (source !== undefined && !this.#arrivals(source).take(1)) return 'source-too-fast';
    if (this.#crowd.at('silent').size >= limits.mostSilent) this.#oldestSilentGoes();
    if (this.#crowd.size < limits.most) return undefined;
    return this.#oldestSilentGoes() || this.#oldestGaveWay() ? undefined : 'too-many';
  }

  /** An honest one speaks at once, so however fast a flood is, it soon pushes only itself out. */
  #oldestSilentGoes(): boolean {
    const [oldest] = this.#crowd.at('silent');
    if (oldest !== undefined) this.cut(oldest, 'too-many');
    return oldest !== undefined;
  }

  // A flood thus holds a place for seconds only, while a storm of honest nodes is served in order.
  #oldestGaveWay(): boolean {
    const { clock, limits } = this.#given;
    const [oldest] = this.#crowd.at('speaking');
    if (oldest === undefined || clock.now() - oldest.arrivedAt < limits.graceMs) return false;
    this.cut(oldest, 'too-many');
    return true;
  }

  readonly #look = (): void => {
    this.#looks++;
    for (const stage of ['silent', 'speaking'] as const) {
      for (const visitor of this.#crowd.at(stage)) this.#judge(visitor, this.#faultOf(visitor));
    }
    if (this.#looks % 10 === 0) {
      for (const each of this.#crowd.at('proven')) this.#judge(each, this.#faultOfProven(each));
    }
    this.#cancelLook =
      this.#crowd.size > 0 ? this.#given.clock.after(lookMs, this.#look) : undefined;
  };

  #judge(visitor: Visitor, fault: Cut | undefined): void {
    if (fault !== undefined) this.cut(visitor, fault);
  }

  #faultOf({ stage, arrivedAt, socket }: Visitor): Cut | undefined {
    const { clock, limits } = this.#given;
    const age = clock.now() - arrivedAt;
    if (stage === 'silent') return age >= limits.firstByteMs ? 'silent' : undefined;
    if (age >= limits.provenWithinMs) return 'unproven';
    return socket.bytesRead > limits.unprovenBytes ? 'too-much' : undefined;
  }

  #faultOfProven(visitor: Visitor): Cut | undefined {
    const { clock, limits } = this.#given;
    if (visitor.open === 0 && clock.now() - visitor.idleSince >= limits.idleMs) return 'idle';
    const { bytesRead } = visitor.socket;
    const sent = bytesRead - visitor.bytesSeen;
    visitor.bytesSeen = bytesRead;
    return visitor.bytes.take(sent) ? undefined : 'too-much';
  }
}

const peerOf = ({
  remoteAddress = '',
  remotePort = 0,
}: Pick<Connection, 'remoteAddress' | 'remotePort'>): string =>
  `${remoteAddress} ${String(remotePort)}`;
