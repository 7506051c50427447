// One agent at a time on a state directory: a file with the holder's process, which counts only while that lives.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type StateLock =
  | { readonly kind: 'held'; readonly pid: number }
  | { readonly kind: 'locked'; readonly release: () => void };

/** A holder that was killed, or whose machine was switched off, locks nobody out. */
export const lockState = (stateDir: string): StateLock => {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const path = join(stateDir, 'agent.pid');
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, tokenOf(process.pid) ?? String(process.pid), { mode: 0o600 });
  try {
    // By a link, so that nobody ever sees a file without its holder.
    while (!link(draft, path)) {
      const found = readIfThere(path);
      const pid = found === undefined ? undefined : livingHolder(found);
      if (pid !== undefined) return { kind: 'held', pid };
      if (found !== undefined) setAside(path, found);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    kind: 'locked',
    release: () => {
      rmSync(path, { force: true });
    },
  };
};

/** "PID TICKS": a process id is given again, but not with the same start time since boot. */
const tokenOf = (pid: number): string | undefined => {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The program's name, in parentheses, may hold anything.
  const startedAt = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return startedAt === undefined ? undefined : `${pid} ${startedAt}`;
};

const livingHolder = (token: string): number | undefined => {
  const pid = Number(token.split(' ')[0]);
  return pid > 0 && tokenOf(pid) === token ? pid : undefined;
};

/** False where `path` is there already. */
const link = (from: string, path: string): boolean => {
  try {
    linkSync(from, path);
    return true;
  } catch (fault) {
    if (isCoded(fault, 'EEXIST')) return false;
    throw fault;
  }
};

/** By a rename, so that of two that saw the dead holder only one clears the way. */
const setAside = (path: string, dead: string): void => {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (fault) {
    if (isCoded(fault, 'ENOENT')) return;
    throw fault;
  }
  if (readIfThere(aside) !== dead) link(aside, path);
  rmSync(aside, { force: true });
};

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (fault) {
    if (isCoded(fault, 'ENOENT') || isCoded(fault, 'ESRCH')) return undefined;
    throw fault;
  }
};

const isCoded = (fault: unknown, code: string): boolean =>
  fault instanceof Error && 'code' in fault && fault.code === code;
