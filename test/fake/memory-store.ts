// A store in memory, for unit tests; the contract suite keeps it like the real one.
import type { AuditEvent } from '../../server/register/record.ts';
import type { Row, RowWrite } from '../../server/register/row.ts';
import { StoreError, type Store } from '../../server/store/store.ts';

export class MemoryStore implements Store {
  readonly rows: Map<string, Row>;
  readonly events: AuditEvent[];
  /** Number of commits so far. */
  commits = 0;
  #open = true;

  constructor(rows = new Map<string, Row>(), events: AuditEvent[] = []) {
    this.rows = rows;
    this.events = events;
  }

  async load(): Promise<readonly Row[]> {
    await this.#turn();
    return [...this.rows.keys()].sort().flatMap((key) => this.rows.get(key) ?? []);
  }

  async commit(writes: readonly RowWrite[], events: readonly AuditEvent[]): Promise<void> {
    await this.#turn();
    const taken = events.find(({ number }) => this.events.some((each) => each.number === number));
    if (taken !== undefined) throw new StoreError('failed', `event ${taken.number} is there`);
    this.commits++;
    this.events.push(...events);
    for (const { table, key, value } of writes) {
      if (value === undefined) this.rows.delete(`${table} ${key}`);
      else this.rows.set(`${table} ${key}`, { table, key, value });
    }
  }

  async readEvents(after: bigint, most: number): Promise<readonly AuditEvent[]> {
    await this.#turn();
    return this.events.filter(({ number }) => number > after).slice(0, most);
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
