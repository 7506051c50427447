// Who gathers which source range, in the order in which a node tries them.
import { endpointIp } from '../../shared/address/endpoint.ts';
import { comparePrefix, containsIp, type Prefix } from '../../shared/address/prefix.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { View } from '../../shared/mesh/view.ts';
import { compareText } from './input.ts';
import { gatherersPerRange } from './names.ts';

export interface GatheredRange {
  readonly prefix: Prefix;
  /** This node gathers it: its packets leave here, by the main table. */
  readonly own: boolean;
  /** Other nodes, best first. */
  readonly gatherers: readonly Peer[];
}

/** Sorted by prefix. */
export const gatheredRangesOf = ({ self, peers }: View): readonly GatheredRange[] => {
  const prefixes = [self, ...peers].flatMap((node) => node.gathering.map(({ prefix }) => prefix));
  return [...new Set(prefixes)].sort(comparePrefix).map((prefix) => ({
    prefix,
    own: preferenceOf(self, prefix) !== undefined,
    gatherers: peers
      .filter((peer) => preferenceOf(peer, prefix) !== undefined)
      .sort(
        (a, b) =>
          Number(preferenceOf(a, prefix)) - Number(preferenceOf(b, prefix)) ||
          compareText(a.name, b.name),
      ),
  }));
};

/** The best word counts where a node names a range twice. */
const preferenceOf = (node: Peer, prefix: Prefix): number | undefined => {
  const own = node.gathering.filter((gathering) => gathering.prefix === prefix);
  return own.length === 0 ? undefined : Math.min(...own.map(({ preference }) => preference));
};

export const gatheringComplaints = (
  view: View,
  ranges: readonly GatheredRange[],
): readonly string[] =>
  ranges.flatMap((range) => [...coveredEndpoints(view, range), ...tooManyGatherers(range)]);

const coveredEndpoints = ({ self, peers }: View, { prefix }: GatheredRange): string[] =>
  [self, ...peers].flatMap((node) =>
    node.endpoints
      .map(endpointIp)
      .filter((ip) => containsIp(prefix, ip))
      .map(
        (ip) =>
          `gathered range ${prefix} covers ${ip}, the underlay address of ${node.name}: the tunnels ` +
          'and its own answers keep to the main table, but choose a range without underlay addresses',
      ),
  );

const tooManyGatherers = ({ prefix, gatherers }: GatheredRange): string[] =>
  gatherers.length <= gatherersPerRange
    ? []
    : [
        `range ${prefix} is gathered by ${String(gatherers.length)} nodes: only the best ` +
          `${String(gatherersPerRange)} are used; take -gathering ${prefix} from the others`,
      ];
