// The controller's keys on disk: made once, private, never silently replaced.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newServerLeaf } from '../../../server/auth/authority.ts';
import { loadKeys } from '../../../server/auth/key-files.ts';

const root = mkdtempSync(join(tmpdir(), 'meshover-keys-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});
const newDirectory = (): string => mkdtempSync(join(root, 'x'));

test('the first start makes them, the second reads the same', async () => {
  const directory = newDirectory();
  const first = await loadKeys(directory);
  const second = await loadKeys(directory);
  expect(second.authority.certificate).toBe(first.authority.certificate);
  expect(second.adminToken.reveal()).toBe(first.adminToken.reveal());
  for (const name of readdirSync(directory)) {
    expect([name, statSync(join(directory, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
});

test('the leaf is signed by the authority', async () => {
  const { authority } = await loadKeys(newDirectory());
  const leaf = new X509Certificate((await newServerLeaf(authority)).certificate);
  const issuer = new X509Certificate(authority.certificate);
  expect(leaf.verify(issuer.publicKey)).toBe(true);
  expect(issuer.ca).toBe(true);
  expect(leaf.checkHost('meshover-controller')).toBe('meshover-controller');
});

test.each(['authority.key', 'register.key', 'admin.token', 'authority.pem'])(
  'a damaged %s is refused with the remedy',
  async (name) => {
    const directory = newDirectory();
    await loadKeys(directory);
    writeFileSync(join(directory, name), 'x');
    await expect(loadKeys(directory)).rejects.toThrow('restore it from a backup');
  },
);
