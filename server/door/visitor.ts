// One connection: who it counts against, what it has sent, whether it has proven to be of use.
import type { Bucket } from './buckets.ts';

/** The part of a socket that is looked at. */
export interface Connection {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly bytesRead: number;
  destroy(): unknown;
  resetAndDestroy(): unknown;
}

/** silent: not a byte came; speaking: something came; proven: a call was answered. */
export type Stage = 'silent' | 'speaking' | 'proven';

export interface Visitor {
  readonly socket: Connection;
  readonly source: string | undefined;
  readonly arrivedAt: number;
  readonly bytes: Bucket;
  bytesSeen: number;
  stage: Stage;
  /** Answered calls of a node or an operator that are open. */
  open: number;
  idleSince: number;
}
