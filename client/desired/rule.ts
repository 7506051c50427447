// The rules row: one fixed band of priorities that sends gathered sources to their gatherer's table.
import { compareIp, type Family, type Ip } from '../../shared/address/ip.ts';
import { containsIp, hostPrefix, lengthOf, prefixFamily } from '../../shared/address/prefix.ts';
import type { Rule } from './desired.ts';
import type { GatheredRange } from './gathering.ts';
import { compareText, type DesiredInput } from './input.ts';
import { fwmark, gatherersPerRange, mainTable, rangePriority, ruleBand, tableOf } from './names.ts';

export const rulesFor = (input: DesiredInput, ranges: readonly GatheredRange[]): readonly Rule[] =>
  ([4, 6] as const).flatMap((family) =>
    rulesOfFamily(
      family,
      ranges.filter(({ prefix }) => prefixFamily(prefix) === family),
      input,
    ),
  );

const rulesOfFamily = (
  family: Family,
  ranges: readonly GatheredRange[],
  { facts }: DesiredInput,
): readonly Rule[] => {
  if (ranges.length === 0) return [];
  const spared = [...facts.hostAddresses, ...(facts.underlay ? [facts.underlay.address] : [])];
  const covered = [...new Set(spared)]
    .filter((ip) => ranges.some(({ prefix }) => containsIp(prefix, ip)))
    .sort(compareIp);
  return [
    // WireGuard's own packets must never enter the mesh that they carry.
    { ...toMain(family, ruleBand.mark), fwmark },
    ...covered.map((ip) => sparedAddress(family, ip)),
    ...ranges.flatMap((range) => rulesOfRange(family, range)).sort(byPriority),
    ...(ranges.some(({ own }) => own) ? [endOfBand(family)] : []),
  ];
};

const byPriority = (a: Rule, b: Rule): number =>
  a.priority - b.priority || compareText(a.from ?? '', b.from ?? '');

/** An answer from the host's underlay (SSH) leaves as it came, though its address is gathered. */
const sparedAddress = (family: Family, ip: Ip): Rule => ({
  ...toMain(family, ruleBand.hostAddresses),
  from: hostPrefix(ip),
});

const toMain = (family: Family, priority: number): Rule => ({
  family,
  priority,
  from: undefined,
  fwmark: undefined,
  action: { kind: 'lookup', table: mainTable },
});

const rulesOfRange = (family: Family, range: GatheredRange): Rule[] => {
  const length = lengthOf(range.prefix);
  // The kernel shows a source of length 0 as "from all".
  const from = length === 0 ? undefined : range.prefix;
  const first = { ...toMain(family, rangePriority(length, 0)), from };
  if (range.own) {
    // Before any wider range: what this node gathers leaves here and is never passed on.
    return [{ ...first, action: { kind: 'goto', priority: ruleBand.end } }];
  }
  return [
    { ...first, action: { kind: 'lookup', table: mainTable, suppressPrefixLength: 0 } },
    ...range.gatherers.slice(0, gatherersPerRange).map((gatherer, index): Rule => ({
      ...first,
      priority: rangePriority(length, index + 1),
      action: { kind: 'lookup', table: tableOf(gatherer.asn) },
    })),
  ];
};

const endOfBand = (family: Family): Rule => ({
  ...toMain(family, ruleBand.end),
  action: { kind: 'nop' },
});
