// Kernel parameters below /proc/sys.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { Sysctls } from './ports.ts';

const root = '/proc/sys';

/** These files never block, and a thread's round trip for each of thousands costs far more than they. */
export const hostSysctls: Sysctls = {
  read: (key) => settled(() => readFileSync(pathOf(key), 'utf8').trim()).catch(undefinedIfAbsent),
  write: (key, value) =>
    settled(() => {
      writeFileSync(pathOf(key), `${value}\n`, { flag: 'r+' });
    }),
};

const settled = <T>(act: () => T): Promise<T> =>
  new Promise((resolve) => {
    resolve(act());
  });

const undefinedIfAbsent = (fault: unknown): undefined => {
  if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return undefined;
  throw fault;
};

const pathOf = (key: string): string => {
  const path = join(root, key);
  if (normalize(key) !== key || key.startsWith('/') || !path.startsWith(`${root}/`)) {
    throw new Error(`"${key}" is not a kernel parameter (write it like net/ipv4/ip_forward)`);
  }
  return path;
};
