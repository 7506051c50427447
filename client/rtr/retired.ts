// Prefixes that somebody was authorised for and nobody is now.
import { containsPrefix, lengthOf, type Prefix } from '../../shared/address/prefix.ts';
import { vrpsOf, type Vrps } from './vrps.ts';

/** Oldest first. */
export type Retired = readonly Prefix[];

/** A prefix that nobody asks for any more costs a little, until this many newer ones came. */
const mostRetired = 1_000;

export const retiredAfter = (retired: Retired, before: Vrps, now: Vrps): Retired => {
  const mentioned = new Set([...now.values()].map(({ prefix }) => prefix));
  const nobodys = [...now.values()].filter(({ asn }) => asn === 0).map(({ prefix }) => prefix);
  const gone = [...before.values()].filter(({ asn }) => asn !== 0).map(({ prefix }) => prefix);
  return [...new Set([...retired, ...gone])]
    .filter((prefix) => !mentioned.has(prefix))
    .filter((prefix) => !nobodys.some((pool) => containsPrefix(pool, prefix)))
    .slice(-mostRetired);
};

/**
 * Outside the pools a prefix without a payload is merely not found, and what a peer announced under a
 * withdrawn one would stay until the prefix-lists follow; AS0 makes it invalid at once.
 */
export const withRetired = (vrps: Vrps, retired: Retired): Vrps =>
  retired.length === 0
    ? vrps
    : vrpsOf([
        ...vrps.values(),
        ...retired.map((prefix) => ({ prefix, maxLength: lengthOf(prefix), asn: 0 })),
      ]);
