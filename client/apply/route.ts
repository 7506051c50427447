// The routes row: iproute2 lines that set or delete a route.
import { familyOf } from '../../shared/address/ip.ts';
import type { Route } from '../desired/desired.ts';
import { routeProtocol } from '../desired/names.ts';
import type { RouteStep } from '../plan/step.ts';

/** "replace" also where there should be none: another program's route may stand in its place. */
export const routeLines = ({ old, new: wanted }: RouteStep): readonly string[] => {
  if (wanted !== undefined) {
    return [`route replace ${words(wanted)} protocol ${String(routeProtocol)}`];
  }
  return old === undefined ? [] : [`route del ${words(old)}`];
};

const words = ({ to, via, interface: name, table, family }: Route): string => {
  const inet6 = via !== undefined && familyOf(via) !== family ? 'inet6 ' : '';
  const hop = via === undefined ? '' : ` via ${inet6}${via}`;
  return `${to}${hop} dev ${name} table ${String(table)}`;
};
