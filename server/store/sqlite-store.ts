// The embedded store: SQLite in a worker thread, asked by messages.
import type { Worker } from 'node:worker_threads';
import type { AuditEvent } from '../register/record.ts';
import type { Row, RowWrite } from '../register/row.ts';
import { eventFromRow, eventRowFrom } from './event-row.ts';
import { StoreError, type Store } from './store.ts';
import type { WorkerAnswer, WorkerAsk } from './worker-protocol.ts';
import { startSqliteWorker } from './worker-source.ts';

/** Rejects with `StoreError` when the file is locked, damaged or newer than this program. */
export const openSqliteStore = async (path: string): Promise<Store> => {
  const store = new SqliteStore(startSqliteWorker({ path }));
  await store.opened;
  return store;
};

type Found = Extract<WorkerAnswer, { ok: true }>;

interface Waiting {
  readonly resolve: (found: Found) => void;
  readonly reject: (fault: StoreError) => void;
}

class SqliteStore implements Store {
  readonly opened: Promise<Found>;
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

  async load(): Promise<readonly Row[]> {
    return (await this.#ask({ kind: 'load' })).rows;
  }

  async commit(writes: readonly RowWrite[], events: readonly AuditEvent[]): Promise<void> {
    if (writes.length === 0 && events.length === 0) return;
    await this.#ask({ kind: 'commit', writes, events: events.map(eventRowFrom) });
  }

  async readEvents(after: bigint, most: number): Promise<readonly AuditEvent[]> {
    return (await this.#ask({ kind: 'events', after, most })).events.map(eventFromRow);
  }

  async close(): Promise<void> {
    await this.#ask({ kind: 'close' });
  }

  #ask(ask: WorkerAsk): Promise<Found> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const answer = this.#answer();
    this.#worker.postMessage(ask);
    return answer;
  }

  #answer(): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  #settle(answer: WorkerAnswer): void {
    const waiting = this.#waiting.shift();
    if (answer.ok) waiting?.resolve(answer);
    else waiting?.reject(new StoreError(answer.code, answer.message));
  }

  #end(fault: StoreError): void {
    this.#ended ??= fault;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
