// Who changes the register and when, with the key that signs what it says.
import type { KeyObject } from 'node:crypto';

export interface Act {
  /** In the audit log's words: "admin NAME", "node NAME", "token ID", "controller". */
  readonly who: string;
  readonly atMs: number;
  /** Private half of the register's key. */
  readonly key: KeyObject;
}
