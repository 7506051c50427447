// Runs the contract of Files on the real ones and on the fake.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hostFiles } from '../../client/host/files.ts';
import { MemoryFiles } from '../fake/files.ts';
import { filesContract } from './files.ts';

const roots: string[] = [];

const freshRoot = async (): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'meshover-files-'));
  roots.push(root);
  return root;
};

afterAll(async () => {
  for (const root of roots) await rm(root, { recursive: true });
});

filesContract('host', async () => ({ files: hostFiles, root: await freshRoot() }));
filesContract('memory', () => Promise.resolve({ files: new MemoryFiles(), root: '/state' }));

describe('Files of the host', () => {
  it('gives the file its mode whatever the umask, and directories 0700', async () => {
    const root = await freshRoot();
    await hostFiles.write(`${root}/d/secret`, 'x', 0o600);
    await hostFiles.write(`${root}/d/open`, 'x', 0o644);
    expect((await stat(`${root}/d`)).mode & 0o777).toBe(0o700);
    expect((await stat(`${root}/d/secret`)).mode & 0o777).toBe(0o600);
    expect((await stat(`${root}/d/open`)).mode & 0o777).toBe(0o644);
  });

  it('leaves the old file as it was when the new one cannot be written', async () => {
    const root = await freshRoot();
    await hostFiles.write(`${root}/taken/inner`, 'x', 0o600);
    await expect(hostFiles.write(`${root}/taken`, 'y', 0o600)).rejects.toThrow();
    expect(await hostFiles.list(root)).toEqual(['taken']);
    expect(await hostFiles.read(`${root}/taken/inner`)).toBe('x');
  });
});
