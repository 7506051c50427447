// Reads the policy rules of both families.
import type { Family } from '../../shared/address/ip.ts';
import { parsePrefix, type Prefix } from '../../shared/address/prefix.ts';
import type { Rule } from '../desired/desired.ts';
import type { ObservedRule } from './observed.ts';
import { numberOf, textOf, type JsonObject } from './ip.ts';

export const ruleQuestion = 'rule show';

const known = new Set([
  ...['priority', 'src', 'srclen', 'fwmark', 'table', 'suppress_prefixlen', 'goto', 'unresolved'],
  ...['nop', 'protocol'],
]);

export const rulesFrom = (family: Family, answer: readonly JsonObject[]): readonly ObservedRule[] =>
  answer.map((entry) => ({
    family,
    priority: numberOf(entry['priority']) ?? 0,
    from: sourceOf(family, entry),
    fwmark: numberOf(entry['fwmark']),
    action: actionOf(entry),
    protocol: numberOf(entry['protocol']) ?? 0,
    foreign: Object.keys(entry).some((key) => !known.has(key)),
  }));

const sourceOf = (family: Family, entry: JsonObject): Prefix | undefined => {
  const source = textOf(entry['src']);
  if (source === 'all') return undefined;
  const length = numberOf(entry['srclen']) ?? (family === 4 ? 32 : 128);
  const prefix = parsePrefix(`${source}/${String(length)}`);
  return prefix.ok ? prefix.value : undefined;
};

const actionOf = (entry: JsonObject): Rule['action'] => {
  const target = numberOf(entry['goto']);
  if (target !== undefined) return { kind: 'goto', priority: target };
  const table = numberOf(entry['table']);
  if (table === undefined) return { kind: 'nop' };
  const suppressPrefixLength = numberOf(entry['suppress_prefixlen']);
  return suppressPrefixLength === undefined
    ? { kind: 'lookup', table }
    : { kind: 'lookup', table, suppressPrefixLength };
};
