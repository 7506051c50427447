// Reads the main table and, in all tables, the routes of our protocol.
import { parseIp, type Family, type Ip } from '../../shared/address/ip.ts';
import { parsePrefix, type Prefix } from '../../shared/address/prefix.ts';
import { mainTable, routeProtocol } from '../desired/names.ts';
import type { ObservedRoute } from './observed.ts';
import { isObject, listOf, numberOf, textOf, type JsonObject } from './ip.ts';

export const routeQuestions = [
  'route show table main',
  `route show table all proto ${String(routeProtocol)}`,
] as const;

export const mainRoutesFrom = (
  family: Family,
  answer: readonly JsonObject[],
): readonly ObservedRoute[] =>
  answer.flatMap((entry) => routeFrom(family, entry, numberOf(entry['protocol']) ?? 0));

/** iproute2 leaves out what the question already said; main's are in the other answer. */
export const ownRoutesFrom = (
  family: Family,
  answer: readonly JsonObject[],
): readonly ObservedRoute[] =>
  answer
    .flatMap((entry) => routeFrom(family, entry, routeProtocol))
    .filter(({ table }) => table !== mainTable);

const routeFrom = (
  family: Family,
  entry: JsonObject,
  protocol: number,
): readonly ObservedRoute[] => {
  const to = destinationOf(family, textOf(entry['dst']));
  // Of several next hops the first that lives stands for all.
  const hops = listOf(entry['nexthops']).filter(isObject);
  const hop = hops.find(isLive) ?? hops[0] ?? entry;
  if (to === undefined) return [];
  return [
    {
      family,
      table: numberOf(entry['table']) ?? mainTable,
      to,
      interface: textOf(hop['dev']),
      via: gatewayOf(hop),
      protocol,
      metric: numberOf(entry['metric']) ?? 0,
      live: isLive(entry) && isLive(hop),
    },
  ];
};

const destinationOf = (family: Family, text: string): Prefix | undefined => {
  if (text === 'default') return (family === 4 ? '0.0.0.0/0' : '::/0') as Prefix;
  const prefix = parsePrefix(text.includes('/') ? text : `${text}/${family === 4 ? '32' : '128'}`);
  return prefix.ok ? prefix.value : undefined;
};

const gatewayOf = (hop: JsonObject): Ip | undefined => {
  const via = isObject(hop['via']) ? hop['via']['host'] : undefined;
  const ip = parseIp(textOf(hop['gateway'] ?? via));
  return ip.ok ? ip.value : undefined;
};

const isLive = (hop: JsonObject): boolean => {
  const flags = listOf(hop['flags']);
  return !flags.includes('dead') && !flags.includes('linkdown');
};
