// The payloads with their serial, and how they came from those of earlier serials.
import type { Vrp } from './pdu.ts';
import type { Vrps } from './vrps.ts';

export interface Ledger {
  /** Of this start of the cache: serials compare only within one (RFC 8210 section 5.1). */
  readonly sessionId: number;
  readonly serial: number;
  readonly current: Vrps;
  /** Oldest first; the last one led to `serial`. */
  readonly past: readonly Change[];
}

export interface Change {
  readonly announced: Vrps;
  readonly withdrawn: Vrps;
}

/** Serials that can be followed by a difference. */
const mostPast = 32;

/** More than this in all is no shorter than everything anew. */
const mostRemembered = 20_000;

const serials = 2 ** 32;

export const ledgerFrom = (sessionId: number, current: Vrps): Ledger => ({
  sessionId,
  serial: 1,
  current,
  past: [],
});

/** The same ledger when nothing changed. */
export const ledgerAfter = (ledger: Ledger, current: Vrps): Ledger => {
  const change: Change = {
    announced: without(current, ledger.current),
    withdrawn: without(ledger.current, current),
  };
  if (sizeOf(change) === 0) return ledger;
  return {
    ...ledger,
    serial: (ledger.serial + 1) % serials,
    current,
    past: bounded([...ledger.past, change]),
  };
};

/** From `serial` to now as one difference; undefined when that is not known any more. */
export const changeSince = (ledger: Ledger, serial: number): Change | undefined => {
  const age = (ledger.serial - serial + serials) % serials;
  if (age > ledger.past.length) return undefined;
  const steps = ledger.past.slice(ledger.past.length - age);
  return steps.reduce(merged, { announced: new Map(), withdrawn: new Map() });
};

/** What came and went again is not told at all. */
const merged = (first: Change, then: Change): Change => ({
  announced: new Map([
    ...without(first.announced, then.withdrawn),
    ...without(then.announced, first.withdrawn),
  ]),
  withdrawn: new Map([
    ...without(first.withdrawn, then.announced),
    ...without(then.withdrawn, first.announced),
  ]),
});

const without = (these: Vrps, those: Vrps): ReadonlyMap<string, Vrp> =>
  new Map([...these].filter(([key]) => !those.has(key)));

const sizeOf = ({ announced, withdrawn }: Change): number => announced.size + withdrawn.size;

const bounded = (past: readonly Change[]): readonly Change[] => {
  const kept: Change[] = [];
  let size = 0;
  for (const change of past.slice(-mostPast).reverse()) {
    size += sizeOf(change);
    if (size > mostRemembered) break;
    kept.unshift(change);
  }
  return kept;
};
