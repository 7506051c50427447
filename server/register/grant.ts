// What a node may do of what it wants.
import { comparePrefix, type Prefix } from '../../shared/address/prefix.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { Grants, Wishes } from './record.ts';
import type { RegisteredNode } from './register.ts';

/** What peers are told: both asked for and authorised. */
export const announcedFrom = (
  asked: Wishes,
  authorised: Grants,
): Pick<Peer, 'advertised' | 'gathering'> => ({
  advertised: asked.advertise.filter((prefix) => authorised.advertise.includes(prefix)),
  gathering: asked.gathering.filter(({ prefix }) => authorised.gathering.includes(prefix)),
});

/** Authorises all that is asked, and nothing else. */
export const grantsFor = (asked: Wishes): Grants => ({
  advertise: sortedPrefixes(asked.advertise),
  gathering: sortedPrefixes(asked.gathering.map(({ prefix }) => prefix)),
});

/** What the node asked for in vain. */
export const unauthorisedOf = ({
  asked,
  authorised,
}: Pick<RegisteredNode, 'asked' | 'authorised'>): Grants => without(grantsFor(asked), authorised);

export const unionOf = (a: Grants, b: Grants): Grants => ({
  advertise: sortedPrefixes([...a.advertise, ...b.advertise]),
  gathering: sortedPrefixes([...a.gathering, ...b.gathering]),
});

export const without = (a: Grants, b: Grants): Grants => ({
  advertise: a.advertise.filter((prefix) => !b.advertise.includes(prefix)),
  gathering: a.gathering.filter((prefix) => !b.gathering.includes(prefix)),
});

export const sortedPrefixes = (prefixes: readonly Prefix[]): readonly Prefix[] =>
  [...new Set(prefixes)].sort(comparePrefix);
