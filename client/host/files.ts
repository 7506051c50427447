// Files of the host: what is written is whole and on the disk, or it is not there.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Files } from './ports.ts';

export const hostFiles: Files = {
  read: (path) => unlessAbsent(readFile(path, 'utf8'), undefined),
  write: writeWhole,
  remove: (path) => rm(path, { force: true }),
  list: async (path) => (await unlessAbsent(readdir(path), [])).sort(),
};

let written = 0;

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  written += 1;
  const temporary = join(directory, `.${basename(path)}.${process.pid}-${written}.new`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      // The umask took bits from the mode of open().
      await file.chmod(mode);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (fault) {
    await rm(temporary, { force: true });
    throw fault;
  }
  await syncDirectory(directory);
}

/** Without it the rename may be lost with the power. */
const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};

const unlessAbsent = async <T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> => {
  try {
    return await reading;
  } catch (fault) {
    if (isAbsence(fault)) return otherwise;
    throw fault;
  }
};

const isAbsence = (fault: unknown): boolean =>
  fault instanceof Error &&
  'code' in fault &&
  (fault.code === 'ENOENT' || fault.code === 'ENOTDIR');
