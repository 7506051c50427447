// The thread in which SQLite blocks: opens the database, then answers one question at a time.
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import type { Row, RowWrite } from '../register/row.ts';
import { openDatabase } from './sqlite-file.ts';
import { StoreError } from './store.ts';
import type { WorkerAnswer, WorkerAsk, WorkerStart } from './worker-protocol.ts';

const load = (database: DatabaseSync): readonly Row[] =>
  database
    .prepare('SELECT room AS "table", key, value FROM entry ORDER BY room, key')
    .all()
    .map((row) => ({ ...row }) as unknown as Row);

const commit = (database: DatabaseSync, writes: readonly RowWrite[]): void => {
  const put = database.prepare('INSERT OR REPLACE INTO entry (room, key, value) VALUES (?, ?, ?)');
  const drop = database.prepare('DELETE FROM entry WHERE room = ? AND key = ?');
  database.exec('BEGIN');
  try {
    for (const { table, key, value } of writes) {
      if (value === undefined) drop.run(table, key);
      else put.run(table, key, value);
    }
    database.exec('COMMIT');
  } catch (fault) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw fault;
  }
};

const answerTo = (database: DatabaseSync, ask: WorkerAsk): readonly Row[] => {
  switch (ask.kind) {
    case 'load':
      return load(database);
    case 'commit':
      commit(database, ask.writes);
      return [];
    case 'close':
      database.close();
      return [];
  }
};

const attempt = (run: () => readonly Row[]): WorkerAnswer => {
  try {
    return { ok: true, rows: run() };
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
    return [];
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
