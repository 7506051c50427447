import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { vtyIn } from '../../../client/host/vty.ts';

let directory: string;
let server: Server | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'meshover-vty-'));
});

afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** A daemon that says `pieces(command)` one after the other. */
const daemon = (answer: (command: string, socket: Socket) => void): Promise<void> =>
  new Promise((resolve) => {
    server = createServer((socket) => {
      socket.on('data', (bytes) => {
        answer(bytes.toString('utf8').replace(/\0$/, ''), socket);
      });
    });
    server.listen(`${directory}/bgpd.vty`, resolve);
  });

test('asks commands one after the other', async () => {
  await daemon((command, socket) => socket.write(`${command}?\0\0\0\0`));
  expect(await vtyIn(directory).ask('bgpd', ['enable', 'show version'])).toEqual([
    { status: 0, text: 'enable?' },
    { status: 0, text: 'show version?' },
  ]);
});

test('puts an answer together from its pieces', async () => {
  await daemon((_, socket) => {
    socket.write('one ');
    setImmediate(() => {
      socket.write('two\0\0');
      setImmediate(() => socket.write('\0\u0001'));
    });
  });
  expect(await vtyIn(directory).ask('bgpd', ['x'])).toEqual([{ status: 1, text: 'one two' }]);
});

test('stops at the first refusal', async () => {
  await daemon((_, socket) => socket.write('% Unknown command\0\0\0\u0002'));
  expect(await vtyIn(directory).ask('bgpd', ['bogus', 'never'])).toEqual([
    { status: 2, text: '% Unknown command' },
  ]);
});

test('a daemon that is not there gives no answer', async () => {
  expect(await vtyIn(directory).ask('bfdd', ['enable'])).toBeUndefined();
});

test('a daemon that hangs up gives no answer', async () => {
  await daemon((_, socket) => socket.destroy());
  expect(await vtyIn(directory).ask('bgpd', ['enable'])).toBeUndefined();
});

test('a daemon that says nothing is not waited for', async () => {
  await daemon(() => undefined);
  expect(await vtyIn(directory, 50).ask('bgpd', ['enable'])).toBeUndefined();
});
