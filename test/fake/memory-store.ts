// A store in memory, for unit tests; the contract suite keeps it like the real one.
import type { Row, RowWrite } from '../../server/register/row.ts';
import { StoreError, type Store } from '../../server/store/store.ts';

export class MemoryStore implements Store {
  readonly rows: Map<string, Row>;
  /** Number of commits so far. */
  commits = 0;
  #open = true;

  constructor(rows = new Map<string, Row>()) {
    this.rows = rows;
  }

  async load(): Promise<readonly Row[]> {
    await this.#turn();
    return [...this.rows.keys()].sort().flatMap((key) => this.rows.get(key) ?? []);
  }

  async commit(writes: readonly RowWrite[]): Promise<void> {
    await this.#turn();
    this.commits++;
    for (const { table, key, value } of writes) {
      if (value === undefined) this.rows.delete(`${table} ${key}`);
      else this.rows.set(`${table} ${key}`, { table, key, value });
    }
  }

  async close(): Promise<void> {
    await this.#turn();
    this.#open = false;
  }

  async #turn(): Promise<void> {
    await Promise.resolve();
    if (!this.#open) throw new StoreError('failed', 'the store is closed');
  }
}
