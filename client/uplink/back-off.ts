// How long to wait before the next attempt to reach a controller, or to ask it again.

const firstMs = 500;
const longestMs = 15_000;
const refusedMs = 30_000;
const turnedAwayMs = 60_000;
const longestTurnedAwayMs = 300_000;
const firstPendingMs = 2_000;

export interface Attempt {
  /** Failed attempts in a row, from 1. */
  readonly failures: number;
  readonly servers: number;
  readonly kind: 'unreachable' | 'refused' | 'turned-away';
  /** From 0 up to 1: nodes that lost one controller together must not come back together. */
  readonly random: number;
}

/** Doubles with each round over all controllers; a refusal waits for an operator, so it is slow. */
export const retryDelayMs = ({ failures, servers, kind, random }: Attempt): number => {
  const round = Math.floor((Math.max(failures, 1) - 1) / Math.max(servers, 1));
  const times = 2 ** Math.min(round, 10);
  const full = {
    unreachable: Math.min(longestMs, firstMs * times),
    refused: refusedMs,
    'turned-away': Math.min(longestTurnedAwayMs, turnedAwayMs * times),
  }[kind];
  return spread(full, random);
};

/** A node that waits for an approval asks again, the `asked`-th time (from 1). */
export const pendingDelayMs = (asked: number, random: number): number =>
  Math.max(
    firstPendingMs,
    spread(Math.min(longestMs, firstPendingMs * 2 ** Math.min(asked, 10)), random),
  );

const spread = (full: number, random: number): number => Math.round(full / 2 + (full / 2) * random);
