// The embedded store: SQLite in a worker thread, asked by messages.
import type { Worker } from 'node:worker_threads';
import type { Row, RowWrite } from '../register/row.ts';
import { StoreError, type Store } from './store.ts';
import type { WorkerAnswer, WorkerAsk } from './worker-protocol.ts';
import { startSqliteWorker } from './worker-source.ts';

/** Rejects with `StoreError` when the file is locked, damaged or newer than this program. */
export const openSqliteStore = async (path: string): Promise<Store> => {
  const store = new SqliteStore(startSqliteWorker({ path }));
  await store.opened;
  return store;
};

interface Waiting {
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (fault: StoreError) => void;
}

class SqliteStore implements Store {
  readonly opened: Promise<readonly Row[]>;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #ended: StoreError | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.opened = this.#answer();
    worker.on('message', (answer: WorkerAnswer) => {
      this.#settle(answer);
    });
    worker.on('error', (fault: Error) => {
      this.#end(new StoreError('failed', `the store failed: ${fault.message}`, { cause: fault }));
    });
    worker.on('exit', () => {
      this.#end(new StoreError('failed', 'the store is closed'));
    });
  }

  load(): Promise<readonly Row[]> {
    return this.#ask({ kind: 'load' });
  }

  async commit(writes: readonly RowWrite[]): Promise<void> {
    if (writes.length > 0) await this.#ask({ kind: 'commit', writes });
  }

  async close(): Promise<void> {
    await this.#ask({ kind: 'close' });
  }

  #ask(ask: WorkerAsk): Promise<readonly Row[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const answer = this.#answer();
    this.#worker.postMessage(ask);
    return answer;
  }

  #answer(): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  #settle(answer: WorkerAnswer): void {
    const waiting = this.#waiting.shift();
    if (answer.ok) waiting?.resolve(answer.rows);
    else waiting?.reject(new StoreError(answer.code, answer.message));
  }

  #end(fault: StoreError): void {
    this.#ended ??= fault;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
