// What a node may ask to gather and to announce, in one order whatever order it was asked in.
import { comparePrefix, lengthOf, overlaps, type Prefix } from '../../shared/address/prefix.ts';
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import { defaultPreference, type Gathering } from '../../shared/mesh/peer.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Grants } from './record.ts';

import { reservedFor } from './reserved.ts';

/** Of endpoints, gathered ranges and advertised prefixes, each: a view must stay small. */
const mostEntries = 64;

type Request = Pick<JoinRequest, 'endpoints' | 'gathering' | 'advertise'>;

export const wishesFrom = (request: Request, settings: NetworkSettings): Outcome<Request> => {
  const complaint = complaintOf(request, settings);
  if (complaint !== undefined) return refused('malformed', complaint);
  return accepted({
    endpoints: [...new Set(request.endpoints)],
    gathering: uniqueGatherings(request.gathering),
    advertise: [...new Set(request.advertise)].sort(comparePrefix),
  });
};

const complaintOf = (request: Request, settings: NetworkSettings): string | undefined => {
  for (const [flag, list] of [
    ['-endpoint', request.endpoints],
    ['-gathering', request.gathering],
    ['-advertise', request.advertise],
  ] as const) {
    if (list.length > mostEntries) {
      return `${flag} has ${list.length} entries; ${mostEntries} are allowed: join neighbouring prefixes`;
    }
  }
  const { tunnelPools, nodePools } = settings;
  for (const { prefix } of request.gathering) {
    const complaint = complaintOfPrefix('-gathering', prefix, tunnelPools);
    if (complaint !== undefined) return complaint;
  }
  for (const prefix of request.advertise) {
    const complaint = complaintOfPrefix('-advertise', prefix, [...tunnelPools, ...nodePools]);
    if (complaint !== undefined) return complaint;
  }
  return twoPreferences(request.gathering);
};

/** What may be granted: the same as what may be asked. */
export const complaintOfGrants = (grants: Grants, settings: NetworkSettings): string | undefined =>
  complaintOf(
    {
      endpoints: [],
      advertise: grants.advertise,
      gathering: grants.gathering.map((prefix) => ({ prefix, preference: defaultPreference })),
    },
    settings,
  );

const complaintOfPrefix = (
  flag: string,
  prefix: Prefix,
  pools: readonly Prefix[],
): string | undefined => {
  if (lengthOf(prefix) === 0) {
    return `${flag} ${prefix} is the default route, which would catch the hosts' own traffic; name the ranges that are meant`;
  }
  const pool = pools.find((each) => overlaps(each, prefix));
  if (pool !== undefined) {
    return `${flag} ${prefix} overlaps the mesh's own pool ${pool}; nodes get their addresses from it, so take that part out`;
  }
  const reserved = reservedFor(prefix);
  return reserved && `${flag} ${prefix} overlaps ${reserved}; take that part out`;
};

const twoPreferences = (gathering: readonly Gathering[]): string | undefined => {
  const seen = new Map<Prefix, number>();
  for (const { prefix, preference } of gathering) {
    const before = seen.get(prefix) ?? preference;
    if (before !== preference) {
      return `-gathering ${prefix} is given twice, with preferences ${before} and ${preference}; give one`;
    }
    seen.set(prefix, preference);
  }
  return undefined;
};

const uniqueGatherings = (gathering: readonly Gathering[]): readonly Gathering[] =>
  [...new Map(gathering.map((each) => [each.prefix, each])).values()].sort((a, b) =>
    comparePrefix(a.prefix, b.prefix),
  );
