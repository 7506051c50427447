// The store port: keeps the rows of the register, durable before the answer.
import type { AuditEvent } from '../register/record.ts';
import type { Row, RowWrite } from '../register/row.ts';

export interface Store {
  /** Every row; empty in a new store. */
  load(): Promise<readonly Row[]>;
  /** All or none; resolves when it survives a power cut. An event's number is new, or nothing is kept. */
  commit(writes: readonly RowWrite[], events: readonly AuditEvent[]): Promise<void>;
  /** At most `most` events with a greater number, oldest first. */
  readEvents(after: bigint, most: number): Promise<readonly AuditEvent[]>;
  close(): Promise<void>;
}

export type StoreFault = 'locked' | 'damaged' | 'newer' | 'failed';

/** The message says what an operator does about it. */
export class StoreError extends Error {
  readonly code: StoreFault;

  constructor(code: StoreFault, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
