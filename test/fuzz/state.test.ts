// State files spoilt anywhere: used, or refused with one clear line; never an exception, never silently less.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identityPath, loadIdentity, readIdentity } from '../../client/identity/identity.ts';
import { savedViewFrom, savedViewText } from '../../client/identity/saved-view.ts';
import { readAppliedEndpoints, readSavedSysctls } from '../../client/observe/memory.ts';
import { appliedEndpointsPath, savedSysctlsPath } from '../../client/observe/memory.ts';
import { appliedFrrPath, readAppliedFrr } from '../../client/observe/frr.ts';
import { ObserveError } from '../../client/observe/ip.ts';
import { newPlace, removePlaces, runServer } from '../bad-input/programs.ts';
import { MemoryFiles } from '../fake/files.ts';
import { newStateDir, startController } from '../mesh/controller.ts';
import { MeshNode } from '../mesh/node.ts';
import { fuzz, type Random } from './fuzz.ts';
import { spoilt, spoiltText } from './mutate.ts';

/** A server that was killed: the newest joins are in the write-ahead log only. */
const killed = join(newPlace(), 'state');
const names = ['a', 'b', 'c', 'd'];

beforeAll(async () => {
  const server = await runServer(['-listen', '[::1]:0', '-open', '-statedir', killed]);
  const authority = readFileSync(join(killed, 'authority.pem'), 'utf8');
  for (const name of names) {
    await new MeshNode(name).join({ address: server.address, authority });
  }
  process.kill(server.pid, 'SIGKILL');
  await server.stop();
});

afterAll(removePlaces);

const spoilFile = (random: Random, path: string): void => {
  writeFileSync(path, spoilt(random, readFileSync(path)), { mode: 0o600 });
};

test('a killed server comes back with every join that was answered', async () => {
  const controller = await startController(killedCopy());
  expect(nodeCountOf(controller.lines)).toBe(names.length);
  expect(controller.lines.join('')).not.toContain('a new epoch begins');
  await controller.stop();
});

test.each([
  ['register.db'],
  ['register.db-wal'],
  ['register.db.mark'],
  ['authority.pem'],
  ['authority.key'],
  ['register.key'],
  ['admin.token'],
])('%s spoilt: refused with a remedy, or all nodes, or a new epoch', async (file) => {
  const trials = await fuzz(async (random) => {
    const stateDir = killedCopy();
    spoilFile(random, join(stateDir, file));
    const started = await startController(stateDir).catch((fault: unknown) => String(fault));
    if (typeof started === 'string') {
      expect(started).toMatch(/^Error: [^\n]{20,600}$/);
      expect(started).toMatch(/restore|remove|newer version/);
    } else {
      await started.stop();
      const said = started.lines.join('');
      if (nodeCountOf(started.lines) !== names.length) expect(said).toContain('a new epoch begins');
    }
    rmSync(stateDir, { recursive: true });
  });
  expect(trials).toBeGreaterThan(0);
});

/** With the files' own numbers, so that the copy is not taken for a restored one. */
const killedCopy = (): string => {
  const copy = join(newStateDir(), 'state');
  cpSync(killed, copy, { recursive: true });
  const mark = join(copy, 'register.db.mark');
  const inode = execFileSync('stat', ['-c', '%i', join(copy, 'register.db')], { encoding: 'utf8' });
  const text = readFileSync(mark, 'utf8').trimEnd();
  writeFileSync(mark, text.replace(/"inode":"\d+"/, `"inode":"${inode.trim()}"`).padEnd(256));
  return copy;
};

const nodeCountOf = (lines: readonly string[]): number =>
  Number(/listening .*count=(?<count>\d+)/.exec(lines.join(''))?.groups?.['count']);

test("the agent's keys", async () => {
  const files = new MemoryFiles();
  await loadIdentity(files, '/s');
  const path = identityPath('/s');
  const good = (await files.read(path)) ?? '';
  const trials = await fuzz(async (random) => {
    await files.write(path, spoiltText(random, good), 0o600);
    const read = await readIdentity(files, '/s');
    if (!read.ok) expect(read.reason).toMatch(/^[^\n]{20,600}$/);
    if (read.ok) expect(await files.read(path)).toBe(good);
  });
  expect(trials).toBeGreaterThan(0);
});

test('the saved view', async () => {
  const good = savedViewText({
    revision: { registerId: 'a'.repeat(32), epoch: 1n, number: 2n },
  } as never);
  const trials = await fuzz((random) => {
    const text = spoiltText(random, good);
    const view = savedViewFrom(text);
    expect(view.ok).toBe(text === good);
  });
  expect(trials).toBeGreaterThan(0);
});

const oddJson = (random: Random, good: string): string =>
  random.pick([
    spoiltText(random, good),
    random.pick(['null', 'true', '1', '""', '[]', '{}', '[null]', '[[]]', '[1]', '']),
  ]);

test.each<[string, string, (files: MemoryFiles) => Promise<unknown>]>([
  [
    savedSysctlsPath('/s'),
    '[{"key":"net.ipv4.ip_forward","prior":"0","applied":"1"}]',
    (files) => readSavedSysctls(files, '/s'),
  ],
  [
    appliedEndpointsPath('/s'),
    `[{"publicKey":"${'A'.repeat(43)}=","endpoint":"[2001:db8::1]:1"}]`,
    (files) => readAppliedEndpoints(files, '/s'),
  ],
  [
    appliedFrrPath('/s'),
    '{"file":"x","running":"y","version":"10.3"}',
    (files) => readAppliedFrr(files, '/s'),
  ],
])('%s', async (path, good, read) => {
  const files = new MemoryFiles();
  const trials = await fuzz(async (random) => {
    await files.write(path, oddJson(random, good), 0o600);
    const fault: unknown = await read(files).then(
      () => undefined,
      (each: unknown) => each,
    );
    if (fault !== undefined) expect(fault).toBeInstanceOf(ObserveError);
  });
  expect(trials).toBeGreaterThan(0);
});
