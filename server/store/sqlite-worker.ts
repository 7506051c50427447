// The thread in which SQLite blocks: opens the database, then answers one question at a time.
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import type { Row } from '../register/row.ts';
import type { EventRow } from './event-row.ts';
import { openDatabase } from './sqlite-file.ts';
import { StoreError } from './store.ts';
import type { WorkerAnswer, WorkerAsk, WorkerStart } from './worker-protocol.ts';

const load = (database: DatabaseSync): readonly Row[] =>
  database
    .prepare('SELECT room AS "table", key, value FROM entry ORDER BY room, key')
    .all()
    .map((row) => ({ ...row }) as unknown as Row);

const commit = (
  database: DatabaseSync,
  { writes, events }: Extract<WorkerAsk, { kind: 'commit' }>,
): void => {
  const put = database.prepare('INSERT OR REPLACE INTO entry (room, key, value) VALUES (?, ?, ?)');
  const drop = database.prepare('DELETE FROM entry WHERE room = ? AND key = ?');
  const append = database.prepare('INSERT INTO event (number, value) VALUES (?, ?)');
  database.exec('BEGIN');
  try {
    for (const { table, key, value } of writes) {
      if (value === undefined) drop.run(table, key);
      else put.run(table, key, value);
    }
    for (const { number, value } of events) append.run(number, value);
    database.exec('COMMIT');
  } catch (fault) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw fault;
  }
};

const readEvents = (
  database: DatabaseSync,
  { after, most }: Extract<WorkerAsk, { kind: 'events' }>,
): readonly EventRow[] => {
  const query = database.prepare(
    'SELECT number, value FROM event WHERE number > ? ORDER BY number LIMIT ?',
  );
  query.setReadBigInts(true);
  return query.all(after, most).map((row) => ({ ...row }) as unknown as EventRow);
};

interface Found {
  readonly rows?: readonly Row[];
  readonly events?: readonly EventRow[];
}

const answerTo = (database: DatabaseSync, ask: WorkerAsk): Found => {
  switch (ask.kind) {
    case 'load':
      return { rows: load(database) };
    case 'commit':
      commit(database, ask);
      return {};
    case 'events':
      return { events: readEvents(database, ask) };
    case 'close':
      database.close();
      return {};
  }
};

const attempt = (run: () => Found): WorkerAnswer => {
  try {
    return { ok: true, rows: [], events: [], ...run() };
  } catch (fault) {
    return {
      ok: false,
      code: fault instanceof StoreError ? fault.code : 'failed',
      message: fault instanceof Error ? fault.message : String(fault),
    };
  }
};

const serve = (): void => {
  let database: DatabaseSync | undefined;
  const opened = attempt(() => {
    database = openDatabase((workerData as WorkerStart).path);
    return {};
  });
  parentPort?.postMessage(opened);
  const open = database;
  if (open === undefined) return;
  parentPort?.on('message', (ask: WorkerAsk) => {
    parentPort?.postMessage(attempt(() => answerTo(open, ask)));
    if (ask.kind === 'close') parentPort?.close();
  });
};

serve();
