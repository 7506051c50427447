// The open peers streams: tells each what it does not know yet, one message at a time.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import { sameEpoch, type Revision } from '../../shared/mesh/revision.ts';
import { mergeChanges, type Change } from '../register/change.ts';
import { nodeOf, type Register } from '../register/register.ts';
import { encodedEvents, type Codec, type EncodedEvents } from './encoded-events.ts';

/** One stream. `sent` is called when the transport has taken the bytes and wants more. */
export interface Listener {
  readonly name: Hostname;
  send(bytes: Buffer, sent: () => void): void;
  /** `removed`: the node is no member any more; `renew`: who listens must prove anew who it is. */
  end(reason: 'removed' | 'renew' | 'stopping'): void;
}

export interface BroadcastGiven {
  readonly clock: Clock;
  readonly codec: Codec;
  /** Durable changes wait at least so long for company. */
  readonly windowMs?: number;
  readonly mostSnapshots?: number;
}

/** What a stream knows; `chunks` are those of a snapshot that are still to be sent. */
interface Stream {
  readonly listener: Listener;
  held: Revision | undefined;
  chunks: readonly Buffer[];
  busy: boolean;
  cancelLife: () => void;
}

/** A proof opens a stream for so long: who resumes has a fresh one. Spread, so that not all resume at once. */
const streamLifeMs = 27 * 60_000;
const spreadMs = 6 * 60_000;
const spreadSteps = 61;

/** For a removed node to take the word of its own removal. */
const farewellMs = 1000;

// Each stream has one message on its way at most. A slow reader therefore costs no memory: when it
// is ready again it gets one delta over all that it missed.
export class Broadcast {
  readonly #given: BroadcastGiven;
  readonly #streams = new Set<Stream>();
  readonly #names = new Map<Hostname, number>();
  #waiting: Stream[] = [];
  #snapshotsInFlight = 0;
  #told: Register;
  #events: EncodedEvents;
  #newest: Register;
  #changes: Change[] = [];
  #cancelFlush: (() => void) | undefined;
  #lastFlushMs = 0;
  #added = 0;
  #closed = false;
  /** Of #names, made when asked for and kept until a name comes or goes. */
  #connected: ReadonlySet<Hostname> | undefined;

  constructor(register: Register, given: BroadcastGiven) {
    this.#given = given;
    this.#told = register;
    this.#newest = register;
    this.#events = encodedEvents({ register, codec: given.codec });
  }

  connected(): ReadonlySet<Hostname> {
    this.#connected ??= new Set(this.#names.keys());
    return this.#connected;
  }

  /** The result takes the stream away. A newcomer waits for the next flush if one is due. */
  add(listener: Listener, held: Revision | undefined): () => void {
    const cancelLife = this.#given.clock.after(this.#nextLifeMs(), () => {
      this.#end(stream, 'renew');
    });
    const stream: Stream = { listener, held, chunks: [], busy: false, cancelLife };
    this.#streams.add(stream);
    this.#count(listener.name, 1);
    if (this.#cancelFlush === undefined) this.#advance(stream, { welcome: true });
    return () => {
      this.#drop(stream);
    };
  }

  /** Told to all within the window, which grows with the time that telling takes. */
  publish(register: Register, change: Change): void {
    this.#newest = register;
    this.#changes.push(change);
    if (this.#closed) return;
    const { windowMs = 50, clock } = this.#given;
    this.#cancelFlush ??= clock.after(Math.max(windowMs, this.#lastFlushMs), () => {
      this.#flush();
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancelFlush?.();
    for (const { listener, cancelLife } of this.#streams) {
      cancelLife();
      listener.end('stopping');
    }
    this.#streams.clear();
    this.#names.clear();
    this.#connected = undefined;
    this.#waiting = [];
  }

  #flush(): void {
    const { clock, codec } = this.#given;
    const began = clock.now();
    const since = this.#told.revision;
    const changes = mergeChanges(this.#changes.splice(0));
    this.#cancelFlush = undefined;
    this.#told = this.#newest;
    this.#events = encodedEvents({ register: this.#told, codec, latest: { since, changes } });
    for (const stream of this.#streams) this.#advance(stream, { welcome: false });
    if (changes.tombstones.length > 0) this.#cutRemoved();
    // The kernel's share of the work comes after this turn of the event loop.
    clock.after(0, () => {
      this.#lastFlushMs = clock.now() - began;
    });
  }

  /** Sends the next message that this stream lacks, if it can take one. */
  #advance(stream: Stream, { welcome }: { readonly welcome: boolean }): void {
    if (stream.busy || !this.#streams.has(stream)) return;
    const { held } = stream;
    const to = this.#told.revision;
    const resumes = held !== undefined && sameEpoch(held, to) && held.number <= to.number;
    if (!resumes) {
      this.#wantSnapshot(stream);
    } else if (held.number < to.number || welcome) {
      stream.held = to;
      this.#send(stream, this.#events.deltaFrom(held.number));
    } else if (nodeOf(this.#told, stream.listener.name) === undefined) {
      this.#end(stream, 'removed');
    }
  }

  /** One that does not read its farewell is cut all the same. */
  #cutRemoved(): void {
    const isGone = ({ listener }: Stream): boolean =>
      nodeOf(this.#told, listener.name) === undefined;
    const gone = [...this.#streams].filter(isGone);
    this.#given.clock.after(farewellMs, () => {
      for (const stream of gone) {
        if (this.#streams.has(stream) && isGone(stream)) this.#end(stream, 'removed');
      }
    });
  }

  #end(stream: Stream, reason: 'removed' | 'renew'): void {
    this.#drop(stream);
    stream.listener.end(reason);
  }

  #drop(stream: Stream): void {
    if (!this.#streams.delete(stream)) return;
    stream.cancelLife();
    this.#count(stream.listener.name, -1);
    this.#waiting = this.#waiting.filter((each) => each !== stream);
    if (stream.chunks.length > 0) this.#endSnapshot(stream);
  }

  #nextLifeMs(): number {
    this.#added = (this.#added + 1) % spreadSteps;
    return streamLifeMs + (spreadMs * this.#added) / spreadSteps;
  }

  #wantSnapshot(stream: Stream): void {
    if (this.#snapshotsInFlight >= (this.#given.mostSnapshots ?? 32)) {
      if (!this.#waiting.includes(stream)) this.#waiting.push(stream);
      return;
    }
    this.#snapshotsInFlight++;
    stream.held = this.#told.revision;
    stream.chunks = this.#events.snapshot();
    this.#sendChunk(stream);
  }

  #sendChunk(stream: Stream): void {
    const [chunk] = stream.chunks;
    if (chunk !== undefined) this.#send(stream, chunk);
  }

  #send(stream: Stream, bytes: Buffer): void {
    stream.busy = true;
    stream.listener.send(bytes, () => {
      stream.busy = false;
      if (!this.#streams.has(stream)) return;
      if (stream.chunks.length === 1) this.#endSnapshot(stream);
      else stream.chunks = stream.chunks.slice(1);
      if (stream.chunks.length > 0) this.#sendChunk(stream);
      else this.#advance(stream, { welcome: false });
    });
  }

  #endSnapshot(stream: Stream): void {
    stream.chunks = [];
    this.#snapshotsInFlight--;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#advance(next, { welcome: true });
  }

  #count(name: Hostname, by: 1 | -1): void {
    const count = (this.#names.get(name) ?? 0) + by;
    if (count > 0) this.#names.set(name, count);
    else this.#names.delete(name);
    this.#connected = undefined;
  }
}
