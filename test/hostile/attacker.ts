// A program that attacks a controller until it is ended: attacker.ts KIND PORT COUNT.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  callHeaders,
  dataFrame,
  frame,
  frameTypes,
  headerBlock,
  openCall,
  ping,
  preface,
  reset,
  settings,
} from './frames.ts';

const [kind = '', port = '0', count = '0'] = process.argv.slice(2);
const join = '/meshover.v1.Joining/Join';
const watch = '/meshover.v1.Peers/Watch';

/** Comes again whenever it is thrown out. */
const again = (begin: () => Socket): void => {
  const socket = begin();
  socket.on('error', () => undefined);
  socket.on('close', () => {
    setTimeout(() => {
      again(begin);
    }, 1_000);
  });
  socket.resume();
};

const tcp = (bytes?: Buffer) => (): Socket => {
  const socket = connectTcp({ host: '::1', port: Number(port) });
  if (bytes !== undefined) socket.write(bytes);
  return socket;
};

/** Speaks HTTP/2, then what `next` gives, as often as the other side takes it. */
const http2 = (next: (turn: number) => Buffer | undefined) => (): Socket => {
  const socket = connectTls({
    ...{ host: '::1', port: Number(port), ALPNProtocols: ['h2'], rejectUnauthorized: false },
  });
  let turn = 0;
  const go = (): void => {
    for (;;) {
      const bytes = next(turn++);
      if (bytes === undefined || socket.destroyed) return;
      if (!socket.write(bytes)) return;
    }
  };
  socket.on('secureConnect', () => {
    socket.write(preface);
    go();
  });
  socket.on('drain', go);
  return socket;
};

const once =
  (bytes: Buffer) =>
  (turn: number): Buffer | undefined =>
    turn === 0 ? bytes : undefined;

const streams = (path: string): Buffer =>
  Buffer.concat(Array.from({ length: 16 }, (_, i) => openCall(2 * i + 1, path)));

const fill = 'x'.repeat(8000);
const wide = { 'x-a': fill, 'x-b': fill };
const hello = Buffer.from('16030100f8010000f40303', 'hex');
const longMessage = Buffer.concat([Buffer.from([0, 0, 31, 0xff, 0xff]), Buffer.alloc(16_000)]);

const attacks: Readonly<Record<string, () => Socket>> = {
  'half-open': tcp(),
  'half-handshake': tcp(hello),
  'silent-http2': http2(() => undefined),
  'slow-join': http2(once(streams(join))),
  'slow-watch': http2(once(streams(watch))),
  'endless-headers': http2((turn) =>
    turn === 0
      ? frame({ type: frameTypes.headers, stream: 1, payload: headerBlock(callHeaders(join)) })
      : frame({ type: frameTypes.continuation, stream: 1, payload: headerBlock({ 'x-y': fill }) }),
  ),
  'wide-headers': http2((turn) => openCall(2 * turn + 1, join, wide)),
  'rapid-reset': http2((turn) =>
    Buffer.concat([openCall(2 * turn + 1, watch), reset(2 * turn + 1)]),
  ),
  pings: http2(() => Buffer.concat(Array<Buffer>(500).fill(ping))),
  settings: http2(() => Buffer.concat(Array<Buffer>(100).fill(settings(10)))),
  'unknown-calls': http2((turn) => openCall(2 * turn + 1, '/x/Y')),
  'long-messages': http2((turn) =>
    turn < 16 ? openCall(2 * turn + 1, join) : dataFrame(2 * (turn % 16) + 1, longMessage),
  ),
};

const attack = attacks[kind];
if (attack === undefined) throw new Error(`no attack ${kind}`);
for (let i = 0; i < Number(count); i++) again(attack);
process.stdout.write('attacking\n');
// Its end is told by the pipe, so that no attacker outlives the test that started it.
process.stdin.resume().once('end', () => {
  process.exit(0);
});
