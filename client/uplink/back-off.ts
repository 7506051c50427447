// How long to wait before the next attempt to reach a controller.

const firstMs = 500;
const longestMs = 15_000;
const refusedMs = 30_000;

export interface Attempt {
  /** Failed attempts in a row, from 1. */
  readonly failures: number;
  readonly servers: number;
  readonly kind: 'unreachable' | 'refused';
  /** From 0 up to 1: nodes that lost one controller together must not come back together. */
  readonly random: number;
}

/** Doubles with each round over all controllers; a refusal waits for an operator, so it is slow. */
export const retryDelayMs = ({ failures, servers, kind, random }: Attempt): number => {
  const round = Math.floor((Math.max(failures, 1) - 1) / Math.max(servers, 1));
  const full =
    kind === 'refused' ? refusedMs : Math.min(longestMs, firstMs * 2 ** Math.min(round, 10));
  return Math.round(full / 2 + (full / 2) * random);
};
