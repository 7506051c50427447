// A small router for tests of the cache: says what it is told to, and reads what comes.
import { connect, type Socket } from 'node:net';
import { decodePdu } from '../../../client/rtr/decode-pdu.ts';
import { encodePdu, joined } from '../../../client/rtr/encode-pdu.ts';
import { frameFrom } from '../../../client/rtr/frames.ts';
import type { Pdu, RtrVersion } from '../../../client/rtr/pdu.ts';

export interface Router {
  readonly socket: Socket;
  say(pdu: Pdu, version?: RtrVersion): void;
  sayBytes(bytes: Uint8Array): void;
  /** The next message of the cache; "closed" when there is none and never will be. */
  next(): Promise<Pdu | 'closed'>;
  /** Up to the End of Data, or whatever else ends an answer. */
  answer(): Promise<readonly (Pdu | 'closed')[]>;
  readonly versions: readonly number[];
}

export const routerAt = (port: number): Promise<Router> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', reject);
    socket.on('connect', () => {
      resolve(routerOn(socket));
    });
  });

const routerOn = (socket: Socket): Router => {
  const arrived: (Pdu | 'closed')[] = [];
  const versions: number[] = [];
  let wake: () => void = () => undefined;
  let rest: Uint8Array = new Uint8Array();
  const put = (item: Pdu | 'closed'): void => {
    arrived.push(item);
    wake();
  };
  socket.on('close', () => {
    put('closed');
  });
  socket.on('data', (chunk: Uint8Array) => {
    rest = joined(rest, chunk);
    for (let frame = frameFrom(rest); frame.kind === 'message'; frame = frameFrom(rest)) {
      rest = frame.rest;
      const decoded = decodePdu(frame.message);
      if (!decoded.ok) throw new Error(decoded.wrong.text);
      versions.push(decoded.version);
      put(decoded.pdu);
    }
  });
  const next = async (): Promise<Pdu | 'closed'> => {
    while (arrived.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return arrived.shift()!;
  };
  return {
    socket,
    versions,
    next,
    say: (pdu, version = 1) => socket.write(encodePdu(version, pdu)),
    sayBytes: (bytes) => socket.write(bytes),
    answer: async () => {
      const all: (Pdu | 'closed')[] = [];
      for (;;) {
        const item = await next();
        all.push(item);
        if (item === 'closed' || !['cache-response', 'prefix'].includes(item.kind)) return all;
      }
    },
  };
};
