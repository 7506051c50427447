// A mark beside the register's file: how far it had come, and which file that was.
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '../../shared/log/log.ts';
import { printRevision, type Revision } from '../../shared/mesh/revision.ts';
import { headKey, type RowWrite } from '../register/row.ts';
import type { Store } from './store.ts';

/** How far a register has come: revisions for what peers may see, events for every change. */
interface Reached {
  readonly revision: Revision;
  readonly lastEvent: bigint;
}

export interface MarkedStore extends Store {
  /** Why what was loaded may be older than what was promised; undefined when it is not. */
  doubt(loaded: Reached): string | undefined;
  /** How far the register had come; undefined for a new one. */
  reached(): Revision | undefined;
}

interface Mark extends Reached {
  /** A copy of the file has another one. */
  readonly inode: bigint;
}

interface Given {
  /** Of the register. */
  readonly path: string;
  /** A mark that is there is that of an earlier register. */
  readonly anew: boolean;
  readonly log: Log;
}

/** Written in place, so that a power cut leaves the old text or the new one. */
const size = 256;

// The mark is written after each commit and not forced to the disk, which would double the time of
// a join: after a power cut it may be older than the register, which says nothing. Newer it is only
// where the register lost what was promised: its WAL was cut short, or an old copy put in its place.
export const withMark = (store: Store, { path, anew, log }: Given): MarkedStore => {
  const markPath = `${path}.mark`;
  const mark = anew ? undefined : readMark(markPath);
  const inode = statSync(path, { bigint: true }).ino;
  let file: number | undefined;
  const write = (writes: readonly RowWrite[]): void => {
    const head = writes.find(({ table, key }) => table === 'register' && key === headKey);
    if (head?.value === undefined) return;
    const fields = JSON.parse(head.value) as Fields;
    const { registerId, epoch, number, lastEvent } = fields;
    const text = JSON.stringify({ inode: String(inode), registerId, epoch, number, lastEvent });
    try {
      file ??= openMark(markPath);
      writeSync(file, `${text.padEnd(size - 1)}\n`, 0);
    } catch (fault) {
      const error = fault instanceof Error ? fault.message : String(fault);
      log.error('the mark of the register cannot be written: free or mend the disk', { error });
    }
  };
  return {
    reached: () => mark?.revision,
    doubt: ({ revision, lastEvent }) => doubtOf(mark, { revision, lastEvent, inode }),
    load: () => store.load(),
    readEvents: (after, most) => store.readEvents(after, most),
    commit: async (writes, events) => {
      await store.commit(writes, events);
      write(writes);
    },
    close: async () => {
      if (file !== undefined) closeSync(file);
      await store.close();
    },
  };
};

type Fields = Readonly<Record<string, string | undefined>>;

const readMark = (path: string): Mark | undefined => {
  try {
    const fields = JSON.parse(readFileSync(path, 'utf8')) as Fields;
    const { inode, registerId, epoch, number, lastEvent } = fields;
    if (registerId === undefined) return undefined;
    return {
      inode: BigInt(inode ?? ''),
      revision: { registerId, epoch: BigInt(epoch ?? ''), number: BigInt(number ?? '') },
      lastEvent: BigInt(lastEvent ?? ''),
    };
  } catch {
    // No mark, or none that can be read, is a doubt by itself.
    return undefined;
  }
};

const openMark = (path: string): number => {
  const file = openSync(path, 'a+', 0o600);
  closeSync(file);
  const opened = openSync(path, 'r+');
  const directory = openSync(dirname(path), 'r');
  fsyncSync(directory);
  closeSync(directory);
  return opened;
};

const doubtOf = (mark: Mark | undefined, loaded: Mark): string | undefined => {
  if (mark === undefined) return 'its mark is missing or unreadable';
  const [was, is] = [mark.revision, loaded.revision];
  if (was.registerId !== is.registerId) return 'its mark is that of another register';
  if (mark.inode !== loaded.inode) return 'its file is a copy, as after a restore or a move';
  const wentBack =
    was.epoch > is.epoch ||
    (was.epoch === is.epoch && was.number > is.number) ||
    mark.lastEvent > loaded.lastEvent;
  return wentBack
    ? `it went back from ${printRevision(was)} (event ${mark.lastEvent}) to ${printRevision(is)} ` +
        `(event ${loaded.lastEvent}): the end of its write-ahead log is missing, or an older file was put in its place`
    : undefined;
};
