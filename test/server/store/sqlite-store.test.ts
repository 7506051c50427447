// The embedded store on a real disk: the contract, and files that are not what they should be.
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../server/store/sqlite-store.ts';
import { describeStore } from '../../contract/store.ts';
import { MemoryStore } from '../../fake/memory-store.ts';

const root = mkdtempSync(join(tmpdir(), 'meshover-store-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

const newPath = (): string => join(mkdtempSync(join(root, 'x')), 'register.db');

describe('SQLite', () => {
  describeStore(() => {
    const path = newPath();
    return { open: () => openSqliteStore(path) };
  });
});

describe('in memory', () => {
  describeStore(() => {
    const { rows, events } = new MemoryStore();
    return { open: () => Promise.resolve(new MemoryStore(rows, events)) };
  });
});

const filled = async (path: string): Promise<void> => {
  const store = await openSqliteStore(path);
  const value = 'x'.repeat(1000);
  await store.commit(
    Array.from({ length: 100 }, (_, i) => ({ table: 'node', key: `n${String(i)}`, value })),
    [],
  );
  await store.close();
};

test('the file is readable by its owner only', async () => {
  const path = newPath();
  await filled(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a second server on the same file is refused while the first runs', async () => {
  const path = newPath();
  const first = await openSqliteStore(path);
  await expect(openSqliteStore(path)).rejects.toMatchObject({ code: 'locked' });
  await first.close();
  await (await openSqliteStore(path)).close();
});

test.each([
  ['to nothing', 0],
  ['in its header', 50],
  ['in the middle', 40_000],
])('a file cut short %s is refused and left as it is', async (_, bytes) => {
  const path = newPath();
  await filled(path);
  truncateSync(path, bytes);
  await expect(openSqliteStore(path)).rejects.toMatchObject({ code: 'damaged' });
  expect(statSync(path).size).toBe(bytes);
});

test('a file of another kind is refused and left as it is', async () => {
  const path = newPath();
  writeFileSync(path, 'not a database at all, but long enough to look at\n'.repeat(100));
  const before = readFileSync(path);
  await expect(openSqliteStore(path)).rejects.toMatchObject({ code: 'damaged' });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a file of a newer version is refused with the remedy', async () => {
  const path = newPath();
  await filled(path);
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  await expect(openSqliteStore(path)).rejects.toThrow('start that version or a newer one');
});
