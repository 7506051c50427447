// What the store and its worker thread say to each other.
import type { Row, RowWrite } from '../register/row.ts';
import type { EventRow } from './event-row.ts';
import type { StoreFault } from './store.ts';

export interface WorkerStart {
  readonly path: string;
}

export type WorkerAsk =
  | { readonly kind: 'load' }
  | {
      readonly kind: 'commit';
      readonly writes: readonly RowWrite[];
      readonly events: readonly EventRow[];
    }
  | { readonly kind: 'events'; readonly after: bigint; readonly most: number }
  | { readonly kind: 'close' };

/** Answers come in the order of the questions; the first answers the start itself. */
export type WorkerAnswer =
  | { readonly ok: true; readonly rows: readonly Row[]; readonly events: readonly EventRow[] }
  | { readonly ok: false; readonly code: StoreFault; readonly message: string };
