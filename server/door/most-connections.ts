// How many connections the process has file descriptors for.
import { readFileSync } from 'node:fs';

/** For the register, the listeners, logs, name lookups. */
const reserve = 128;

export const mostConnections = (wanted: number): number => {
  const limit = /^Max open files\s+(?<soft>\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  const descriptors = Number(limit?.groups?.['soft'] ?? Infinity);
  return Math.max(reserve, Math.min(wanted, descriptors - 2 * reserve));
};
