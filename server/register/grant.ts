// What a node may do of what it wants.
import { comparePrefix, type Prefix } from '../../shared/address/prefix.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { Grants, RegisteredNode, Wishes } from './register.ts';

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
}: Pick<RegisteredNode, 'asked' | 'authorised'>): Grants => {
  const wanted = grantsFor(asked);
  return {
    advertise: wanted.advertise.filter((prefix) => !authorised.advertise.includes(prefix)),
    gathering: wanted.gathering.filter((prefix) => !authorised.gathering.includes(prefix)),
  };
};

export const sortedPrefixes = (prefixes: readonly Prefix[]): readonly Prefix[] =>
  [...new Set(prefixes)].sort(comparePrefix);
