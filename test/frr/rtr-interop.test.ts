// The RTR cache against routers of other makes: rtrlib's rtrclient (the library inside FRR) and BIRD 2.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../client/host/system-clock.ts';
import { RtrServer } from '../../client/rtr/rtr-server.ts';
import { vrpsFrom, type Vrps } from '../../client/rtr/vrps.ts';
import type { Prefix } from '../../shared/address/prefix.ts';
import { silentLog } from '../../shared/log/log.ts';
import { nodeFixture, viewFixture } from '../fake/view.ts';
import { until } from './frr-node.ts';

const vrpsWith = (...advertised: readonly string[]): Vrps =>
  vrpsFrom(
    viewFixture(nodeFixture(1), [nodeFixture(2, { advertised: advertised as readonly Prefix[] })]),
  );
const few = vrpsWith();
const more = vrpsWith('10.77.0.0/16', '2001:db8:77::/48');

let server: RtrServer;
let directory: string;
const programs: ChildProcess[] = [];

const serve = async (vrps: Vrps, port = 0): Promise<void> => {
  const sessionId = Math.floor(Math.random() * 65_536);
  const given = { clock: systemClock, log: silentLog, onGiven: () => undefined };
  server = new RtrServer({ ...given, port, sessionId, vrps });
  expect(await server.listen()).toMatchObject({ ok: true });
};

const start = (program: string, ...argv: readonly string[]): ChildProcess => {
  const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  programs.push(child);
  return child;
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'meshover-rtr-'));
  chmodSync(directory, 0o755); // for BIRD, which runs as nobody
  await serve(few);
});
afterEach(async () => {
  for (const child of programs.splice(0)) {
    const ended = new Promise((resolve) => child.on('exit', resolve));
    if (child.kill('SIGKILL')) await ended;
  }
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** "10.0.0.0/8-24 65001", as our own keys are. */
const holds = (read: () => readonly string[], vrps: Vrps) => (): Promise<boolean> => {
  const [now, wanted] = [[...read()].sort().join(', '), [...vrps.keys()].sort().join(', ')];
  if (now !== wanted) throw new Error(`it holds ${now}`);
  return Promise.resolve(true);
};

describe('BIRD 2', () => {
  const control = (): string => join(directory, 'control');
  const table = (): readonly string[] =>
    execFileSync('birdc', ['-s', control(), 'show', 'route'], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => {
        const [, prefix, asn] = /^(\S+-\d+) AS(\d+) /.exec(line) ?? [];
        return prefix === undefined ? [] : [`${prefix} ${asn ?? ''}`];
      });

  test('takes the table, its changes, and a cache that started anew', async () => {
    const file = join(directory, 'bird.conf');
    writeFileSync(
      file,
      [
        'router id 192.0.2.1; roa4 table four; roa6 table six; protocol device {}',
        'protocol rpki cache { roa4 { table four; }; roa6 { table six; };',
        `  remote 127.0.0.1 port ${server.port}; retry keep 1; }`,
      ].join('\n'),
    );
    start('bird', '-f', '-u', 'nobody', '-g', 'nogroup', '-c', file, '-s', control());
    await until(holds(table, few));
    server.take(more);
    await until(holds(table, more));
    server.take(few);
    await until(holds(table, few));
    const { port } = server;
    await server.close();
    await serve(more, port);
    await until(holds(table, more));
  });
});

describe('rtrclient', () => {
  test('exports what the view says', () => {
    const argv = ['-e', '-t', 'csv', 'tcp', '127.0.0.1', String(server.port)];
    const child = start('rtrclient', ...argv);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    // It prints its 32 bits with a sign.
    const table = (): readonly string[] =>
      [...text.matchAll(/^(\S+), (\d+), (\d+), (-?\d+)$/gm)].map(
        ([, network = '', length = '', longest = '', asn = '']) =>
          `${network}/${length}-${longest} ${Number(asn) >>> 0}`,
      );
    return until(holds(table, few));
  });

  test('follows additions and withdrawals', async () => {
    const child = start(
      'stdbuf',
      '-oL',
      'rtrclient',
      'tcp',
      '-p',
      '127.0.0.1',
      String(server.port),
    );
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const table = (): readonly string[] => {
      const known = new Set<string>();
      for (const [, sign, network, length, longest, asn] of text.matchAll(
        /^([+-]) (\S+)\s+(\d+) -\s+(\d+)\s+(-?\d+)/gm,
      )) {
        const key = `${network ?? ''}/${length ?? ''}-${longest ?? ''} ${Number(asn) >>> 0}`;
        if (sign === '+') known.add(key);
        else known.delete(key);
      }
      return [...known];
    };
    await until(holds(table, few));
    server.take(more);
    await until(holds(table, more));
    server.take(few);
    await until(holds(table, few));
  });
});
