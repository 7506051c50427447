// Kernel parameters below /proc/sys.
import { open, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import type { Sysctls } from './ports.ts';

const root = '/proc/sys';

export const hostSysctls: Sysctls = {
  read: async (key) => {
    try {
      return (await readFile(pathOf(key), 'utf8')).trim();
    } catch (fault) {
      if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return undefined;
      throw fault;
    }
  },
  write: async (key, value) => {
    const file = await open(pathOf(key), 'r+');
    try {
      await file.write(`${value}\n`);
    } finally {
      await file.close();
    }
  },
};

const pathOf = (key: string): string => {
  const path = join(root, key);
  if (normalize(key) !== key || key.startsWith('/') || !path.startsWith(`${root}/`)) {
    throw new Error(`"${key}" is not a kernel parameter (write it like net/ipv4/ip_forward)`);
  }
  return path;
};
