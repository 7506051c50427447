// View → who may announce what, as RTR's payloads.
import { hostPrefix, lengthOf } from '../../shared/address/prefix.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { View } from '../../shared/mesh/view.ts';
import type { Vrp } from './pdu.ts';

/** By key, sorted by it: no doubles, which a router would refuse (RFC 8210 section 5.6). */
export type Vrps = ReadonlyMap<string, Vrp>;

/** AS0 for the pools makes what nobody was given invalid instead of merely not found. */
export const vrpsFrom = ({ self, peers, settings }: View): Vrps =>
  vrpsOf([
    ...[...settings.nodePools, ...settings.tunnelPools].map((prefix) => ({
      prefix,
      maxLength: lengthOf(prefix),
      asn: 0,
    })),
    ...[self, ...peers].flatMap(authorisationsOf),
  ]);

export const vrpsOf = (all: readonly Vrp[]): Vrps =>
  new Map(
    all.map((vrp) => [vrpKey(vrp), vrp] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );

/** Equal payloads have equal keys. */
export const vrpKey = ({ prefix, maxLength, asn }: Vrp): string => `${prefix}-${maxLength} ${asn}`;

const authorisationsOf = (node: Peer): readonly Vrp[] =>
  [hostPrefix(node.nodeAddress4), hostPrefix(node.nodeAddress6), ...node.advertised].map(
    (prefix) => ({ prefix, maxLength: lengthOf(prefix), asn: node.asn }),
  );
