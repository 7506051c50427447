// Reads every address of every interface.
import { parseIp } from '../../shared/address/ip.ts';
import type { ObservedAddress } from './observed.ts';
import { isObject, listOf, numberOf, textOf, type JsonObject } from './ip.ts';

export const addressQuestion = 'address show';

/** `ip -N` prints RT_SCOPE_UNIVERSE as its number. */
const globalScope = 0;

export const addressesFrom = (answer: readonly JsonObject[]): readonly ObservedAddress[] =>
  answer.flatMap((link) =>
    listOf(link['addr_info'])
      .filter(isObject)
      .flatMap((entry) => addressFrom(textOf(link['ifname']), entry)),
  );

const addressFrom = (name: string, entry: JsonObject): readonly ObservedAddress[] => {
  const address = parseIp(textOf(entry['local']));
  const length = numberOf(entry['prefixlen']);
  if (!address.ok || length === undefined) return [];
  return [
    {
      interface: name,
      address: address.value,
      length,
      scope: numberOf(entry['scope']) === globalScope ? 'global' : 'other',
      temporary: entry['temporary'] === true,
      deprecated: entry['deprecated'] === true || entry['preferred_life_time'] === 0,
      dynamic: entry['dynamic'] === true,
      secondary: entry['secondary'] === true,
    },
  ];
};
