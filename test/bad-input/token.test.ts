// A join token on the command line: gone from the list of processes as soon as the agent has read it.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { newPlace, removePlaces } from './programs.ts';

const secret = 'c2VjcmV0LXBhcnQ';
const token = `eyJhbGciOiJFZERTQSJ9.eyJ4Ijoxf.${secret}`;
const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
  removePlaces();
});

/** It accepts, and never says a word. */
const silentServer = async (): Promise<string> => {
  const server: Server = createServer();
  ends.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}`;
};

const startAgent = (argv: readonly string[]): { child: ChildProcess; said: () => string } => {
  const agent = join(import.meta.dirname, '../../client/cli.ts');
  const quiet = ['-disable', 'frr,gathering,firewall,links,sysctl,wireguard'];
  const words = ['-once', '-hostname', 'a', '-statedir', newPlace(), ...quiet, ...argv];
  const child = spawn(process.execPath, [agent, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  ends.push(() => child.kill('SIGKILL'));
  return { child, said: () => said };
};

test.each([
  ['as two words', ['-token', token]],
  ['as one word', [`-token=${token}`]],
])('%s', async (_, words) => {
  const { child, said } = startAgent(['-controlserver', await silentServer(), ...words]);
  const shown = (): string => readFileSync(`/proc/${String(child.pid)}/cmdline`, 'utf8');
  await vi.waitFor(
    () => {
      expect(shown()).toContain('-controlserver');
      expect(shown()).not.toContain(secret);
      expect(shown()).toContain('[secret]');
    },
    { timeout: 20_000, interval: 20 },
  );
  expect(said()).not.toContain(secret);
});
