// Ranges that no pool and no announcement may touch.
import { overlaps, type Prefix } from '../../shared/address/prefix.ts';

const reserved: readonly (readonly [prefix: string, what: string])[] = [
  ['0.0.0.0/8', 'this network (RFC 1122)'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local (RFC 3927)'],
  ['224.0.0.0/3', 'multicast and reserved space'],
  ['::/127', 'the unspecified and loopback addresses'],
  ['fe80::/10', 'link-local (RFC 4291)'],
  ['ff00::/8', 'multicast'],
];

/** The reserved range that `prefix` touches, in words. */
export const reservedFor = (prefix: Prefix): string | undefined => {
  const hit = reserved.find(([range]) => overlaps(range as Prefix, prefix));
  return hit === undefined ? undefined : `${hit[0]}, ${hit[1]}`;
};
