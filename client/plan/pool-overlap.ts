// Routes of the host that meet the mesh's pools: said before the mesh takes those addresses over.
import { lengthOf, overlaps } from '../../shared/address/prefix.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import { mainTable } from '../desired/names.ts';
import type { Observed, ObservedRoute } from '../observe/observed.ts';
import { isOurRoute, ourLinkNames } from './ours.ts';

/** What BGP brings is the mesh itself. */
const bgpProtocol = 186;

export const poolOverlapsFrom = (
  { tunnelPools, nodePools }: NetworkSettings,
  observed: Pick<Observed, 'links' | 'routes'>,
): readonly string[] => {
  const ourLinks = ourLinkNames(observed);
  const foreign = (route: ObservedRoute): boolean =>
    route.table === mainTable &&
    route.protocol !== bgpProtocol &&
    !isOurRoute(route) &&
    !ourLinks.has(route.interface);
  const theirs = observed.routes.filter((route) => foreign(route) && lengthOf(route.to) > 0);
  const pools = [
    ...tunnelPools.map((pool) => ({ pool, flag: '-wgaddress' })),
    ...nodePools.map((pool) => ({ pool, flag: '-assignaddress' })),
  ];
  const complaints = pools.flatMap(({ pool, flag }) =>
    theirs
      .filter(({ to }) => overlaps(to, pool))
      .map(
        (route) =>
          `this host's route ${route.to} dev ${route.interface} overlaps the mesh's pool ${pool}: one ` +
          `hides the other; start the controller with another pool in ${flag}, or renumber that network`,
      ),
  );
  return [...new Set(complaints)].sort();
};
