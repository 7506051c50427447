// One router at the cache: hears its queries, answers them, and hangs up on what is no RTR.
import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock/clock.ts';
import { encodePdu, joined } from './encode-pdu.ts';
import { frameFrom } from './frames.ts';
import { hear, type Heard } from './hear.ts';
import type { Ledger } from './ledger.ts';
import type { Intervals, RtrVersion } from './pdu.ts';

export interface ConnectionGiven {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly ledger: () => Ledger;
  readonly intervals: Intervals;
  readonly limits: Limits;
  /** The router has been sent something new, and now has all of this ledger. */
  readonly onGiven: (ledger: Ledger) => void;
  /** Once; `reason` is empty when the router simply left. */
  readonly onEnd: (reason: string) => void;
}

export interface Limits {
  /** For the first query, for the rest of a message, and to read an answer. */
  readonly patienceMs: number;
  /** Between queries: a router asks at least as often as it refreshes. */
  readonly idleMs: number;
}

type Waiting = 'first query' | 'rest of a message' | 'next query' | 'answer to be read' | 'end';

export class RtrConnection {
  readonly #given: ConnectionGiven;
  #version: RtrVersion | undefined;
  #bytes: Uint8Array = new Uint8Array();
  /** Undefined before the first answer, and from a notify to the query that follows it. */
  #knownSerial: number | undefined;
  #waiting: Waiting | undefined;
  #cancel: () => void = () => undefined;
  #reason = '';
  #ended = false;

  constructor(given: ConnectionGiven) {
    this.#given = given;
    const { socket } = given;
    socket.on('data', (chunk: Uint8Array) => {
      if (this.#waiting === 'end') return;
      this.#bytes = joined(this.#bytes, chunk);
      this.#work(false);
    });
    socket.on('drain', () => {
      socket.resume();
      this.#work(true);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#close();
    });
    this.#waitFor('first query');
  }

  /** Not before the first query (RFC 8210 section 7), and only once until the router asks again. */
  notify(): void {
    const { sessionId, serial } = this.#given.ledger();
    if (this.#version === undefined || this.#waiting === 'end') return;
    if (this.#knownSerial === undefined || this.#knownSerial === serial) return;
    this.#knownSerial = undefined;
    const pdu = { kind: 'serial-notify', sessionId, serial } as const;
    this.#given.socket.write(encodePdu(this.#version, pdu));
  }

  end(reason: string): void {
    this.#reason ||= reason;
    this.#given.socket.destroy();
    this.#close();
  }

  /** One answer at a time: what a router does not read is not piled up for it. */
  #work(progress: boolean): void {
    const { socket } = this.#given;
    let heard = progress;
    while (!socket.writableNeedDrain && this.#waiting !== 'end') {
      const frame = frameFrom(this.#bytes);
      if (frame.kind === 'incomplete') break;
      this.#bytes = frame.kind === 'message' ? frame.rest : new Uint8Array();
      this.#hear(frame.kind === 'message' ? frame.message : frame.header);
      heard = true;
    }
    if (this.#waiting === 'end') return;
    if (socket.writableNeedDrain) {
      socket.pause();
      this.#waitFor('answer to be read');
    } else if (this.#bytes.length > 0) {
      this.#waitFor('rest of a message', heard);
    } else this.#waitFor('next query', heard);
  }

  #hear(message: Uint8Array): void {
    const { ledger, intervals } = this.#given;
    const heard = hear({ version: this.#version, ledger: ledger(), intervals }, message);
    if (heard.kind === 'answer') this.#answer(heard);
    else if (heard.kind === 'end') this.end(`it reported ${heard.reason}`);
    else this.#refuse(heard);
  }

  #answer({ version, pdus }: Extract<Heard, { readonly kind: 'answer' }>): void {
    const ledger = this.#given.ledger();
    this.#version = version;
    const isWhole = pdus.at(-1)?.kind === 'end-of-data';
    this.#knownSerial = isWhole ? ledger.serial : undefined;
    const bytes = joined(...pdus.map((pdu) => encodePdu(version, pdu)));
    this.#given.socket.write(bytes, (fault) => {
      if (!fault && isWhole && pdus.some(({ kind }) => kind === 'prefix')) {
        this.#given.onGiven(ledger);
      }
    });
  }

  /** The router may still be sending: to close at once would lose the report (TCP reset). */
  #refuse({ version, report }: Extract<Heard, { readonly kind: 'refuse' }>): void {
    this.#reason = `it was sent error ${report.code}: ${report.text}`;
    this.#waitFor('end');
    this.#given.socket.end(encodePdu(version, report));
  }

  /** A drop now and then does not make a wait longer. */
  #waitFor(waiting: Waiting, anew = true): void {
    if (!anew && this.#waiting !== undefined) return;
    const { clock, limits } = this.#given;
    this.#cancel();
    this.#waiting = waiting;
    const limitMs = waiting === 'next query' ? limits.idleMs : limits.patienceMs;
    this.#cancel = clock.after(limitMs, () => {
      this.end(`no ${waiting} in ${limitMs} ms`);
    });
  }

  #close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting = 'end';
    this.#cancel();
    this.#given.onEnd(this.#reason);
  }
}
