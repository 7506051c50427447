// The routes row: each gatherer's default route, and tunnel pools that no own address covers.
import { familyOf, type Family } from '../../shared/address/ip.ts';
import {
  comparePrefix,
  containsIp,
  hostPrefix,
  prefixFamily,
  type Prefix,
} from '../../shared/address/prefix.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { Route } from './desired.ts';
import type { GatheredRange } from './gathering.ts';
import { isEnabled, type DesiredInput } from './input.ts';
import { mainTable, tableOf, wireguardInterface } from './names.ts';

const everything: Readonly<Record<Family, Prefix>> = {
  4: '0.0.0.0/0' as Prefix,
  6: '::/0' as Prefix,
};

export const routesFor = (
  input: DesiredInput,
  ranges: readonly GatheredRange[],
): readonly Route[] =>
  [...otherPools(input), ...gathererRoutes(input, ranges)].sort(
    (a, b) => a.family - b.family || a.table - b.table || comparePrefix(a.to, b.to),
  );

/** The pool of an own tunnel address is on link by that address; further pools need a route. */
const otherPools = ({ view, config }: DesiredInput): readonly Route[] => {
  if (!isEnabled(config, 'wireguard')) return [];
  const own = [view.self.tunnelAddress4, view.self.tunnelAddress6];
  return view.settings.tunnelPools
    .filter((pool) => !own.some((ip) => containsIp(pool, ip)))
    .map((pool) => ({
      family: prefixFamily(pool),
      table: mainTable,
      to: pool,
      interface: wireguardInterface,
      via: undefined,
    }));
};

const gathererRoutes = (
  { facts }: DesiredInput,
  ranges: readonly GatheredRange[],
): readonly Route[] => {
  const routes = new Map<string, Route>();
  for (const { prefix, own, gatherers } of ranges) {
    if (own) continue;
    for (const gatherer of gatherers) {
      const route = defaultRouteTo(gatherer, prefixFamily(prefix), facts);
      if (route !== undefined) routes.set(`${String(route.table)} ${route.to}`, route);
    }
  }
  return [...routes.values()];
};

/** None without a live next hop: the rule then finds nothing and the next gatherer's is asked. */
const defaultRouteTo = (
  gatherer: Peer,
  family: Family,
  { nextHops }: DesiredInput['facts'],
): Route | undefined => {
  const address = [gatherer.nodeAddress4, gatherer.nodeAddress6].find(
    (ip) => familyOf(ip) === family,
  );
  const hop = nextHops.find(({ to }) => address !== undefined && to === hostPrefix(address));
  return hop === undefined
    ? undefined
    : {
        family,
        table: tableOf(gatherer.asn),
        to: everything[family],
        interface: hop.interface,
        via: hop.via,
      };
};
