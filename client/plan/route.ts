// The routes row: routes of our protocol are exactly the desired ones.
import type { Route } from '../desired/desired.ts';
import type { ObservedRoute } from '../observe/observed.ts';
import { makeStep } from './make-step.ts';
import { isOurRoute } from './ours.ts';
import type { RouteStep } from './step.ts';

export interface RoutePlan {
  readonly setting: readonly RouteStep[];
  readonly removing: readonly RouteStep[];
}

export const planRoutes = (
  desired: readonly Route[],
  observed: readonly ObservedRoute[],
): RoutePlan => {
  const ours = observed.filter(isOurRoute);
  const wanted = new Set(desired.map(routeKey));
  return {
    setting: desired.flatMap((route) =>
      setRoute(
        route,
        ours.find((other) => routeKey(other) === routeKey(route)),
      ),
    ),
    removing: ours.filter((route) => !wanted.has(routeKey(route))).map(removeStep),
  };
};

/** Identity: a table has one route of ours to a destination. */
const routeKey = ({ table, to }: Route): string => `${to} table ${String(table)}`;

const setRoute = (route: Route, existing: ObservedRoute | undefined): readonly RouteStep[] => {
  if (existing?.interface === route.interface && existing.via === route.via) return [];
  return [
    makeStep<RouteStep>({
      resource: 'route',
      verb: existing === undefined ? 'add' : 'change',
      key: routeKey(route),
      old: existing,
      new: route,
      reason: existing === undefined ? 'it is not there yet' : 'its next hop changed',
    }),
  ];
};

const removeStep = (route: ObservedRoute): RouteStep =>
  makeStep<RouteStep>({
    resource: 'route',
    verb: 'remove',
    key: routeKey(route),
    old: route,
    new: undefined,
    reason: 'it leads nowhere that is wanted any more',
  });
