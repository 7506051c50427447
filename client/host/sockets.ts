// Who listens on a TCP port of this network namespace, from /proc.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Sockets, SocketHolder } from './ports.ts';

export const hostSockets: Sockets = { listeners };

async function listeners(port: number): Promise<readonly SocketHolder[]> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => textOf(`/proc/net/${name}`)));
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return [];
  const holders: SocketHolder[] = [];
  for (const pid of await processIds()) {
    const held = (await socketsOf(pid)).filter((inode) => inodes.has(inode));
    if (held.length === 0) continue;
    for (const inode of held) inodes.delete(inode);
    const [program, mounts] = await Promise.all([programOf(pid), textOf(`/proc/${pid}/mountinfo`)]);
    holders.push({ pid, program, mounts: mountsFrom(mounts) });
  }
  // A process of another PID namespace is not seen from a container.
  return inodes.size === 0 ? holders : [...holders, unseen];
}

const unseen: SocketHolder = { pid: undefined, program: '', mounts: new Map() };

/** Lines such as `0: 00000000:00B3 00000000:0000 0A …`; 0A = listening. */
const listeningInodes = (table: string, port: number): readonly string[] => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === '0A' && local.endsWith(`:${hex}`) ? [inode] : [];
  });
};

const processIds = async (): Promise<readonly number[]> =>
  (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);

/** None of a process that has just ended. */
const socketsOf = async (pid: number): Promise<readonly string[]> => {
  const directory = `/proc/${pid}/fd`;
  const names = await readdir(directory).catch(none);
  const targets = await Promise.all(
    names.map((name) => readlink(`${directory}/${name}`).catch(nothing)),
  );
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
};

/** A thread may have given itself another name: the file tells more, where it can be read. */
const programOf = async (pid: number): Promise<string> => {
  const file = await readlink(`/proc/${pid}/exe`).catch(nothing);
  return file === '' ? (await textOf(`/proc/${pid}/comm`)).trim() : basename(file);
};

/** Mount point → the path within its file system that is mounted there. */
const mountsFrom = (mountinfo: string): ReadonlyMap<string, string> =>
  new Map(
    mountinfo.split('\n').flatMap((line) => {
      const [, , , root, point] = line.split(' ');
      return root === undefined || point === undefined ? [] : [[point, root] as const];
    }),
  );

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(nothing);

const nothing = (): string => '';

const none = (): readonly string[] => [];
