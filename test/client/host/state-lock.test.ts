// One agent on a state directory, whatever became of the one before.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { lockState } from '../../../client/host/state-lock.ts';

const module = join(import.meta.dirname, '../../../client/host/state-lock.ts');
const undo: (() => void)[] = [];

afterEach(() => {
  for (const act of undo.splice(0)) act();
});

const newPlace = (): string => {
  const place = mkdtempSync(join(tmpdir(), 'meshover-lock-'));
  undo.push(() => {
    rmSync(place, { recursive: true });
  });
  return place;
};

/** Another process that holds the lock until it is killed. */
const holder = async (place: string): Promise<ChildProcess> => {
  const script =
    `import { lockState } from ${JSON.stringify(module)};` +
    `console.log(lockState(${JSON.stringify(place)}).kind); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  undo.push(() => child.kill('SIGKILL'));
  const [said] = (await new Promise<Buffer[]>((resolve) => {
    child.stdout.once('data', (text: Buffer) => {
      resolve([text]);
    });
  })) as [Buffer];
  expect(said.toString()).toBe('locked\n');
  return child;
};

const killed = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGKILL');
  });

const lockAndRelease = (place: string): string => {
  const lock = lockState(place);
  if (lock.kind === 'locked') lock.release();
  return lock.kind;
};

describe('the lock of a state directory', () => {
  it('names the process that holds it', async () => {
    const place = newPlace();
    const other = await holder(place);
    expect(lockState(place)).toEqual({ kind: 'held', pid: other.pid });
  });

  it('dies with its holder, by SIGKILL too, and leaves nothing when released', async () => {
    const place = newPlace();
    await killed(await holder(place));
    expect(lockAndRelease(place)).toBe('locked');
    expect(lockAndRelease(place)).toBe('locked');
    expect(readdirSync(place)).toEqual([]);
  });

  it('is not held by a process that was given the same id later', () => {
    const place = newPlace();
    writeFileSync(join(place, 'agent.pid'), `${process.pid} 1`);
    expect(lockAndRelease(place)).toBe('locked');
  });

  it('is not held by a damaged file', () => {
    const place = newPlace();
    writeFileSync(join(place, 'agent.pid'), '');
    expect(lockAndRelease(place)).toBe('locked');
  });
});
