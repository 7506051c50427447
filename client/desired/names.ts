// Who → interface name, table, link-local address, priority: everything that is named after an identity.
import { hash } from 'node:crypto';
import { firstAsn, type Asn } from '../../shared/address/asn.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import { ipFromBigint, type Ip } from '../../shared/address/ip.ts';

export const namePrefix = 'mo-';
export const wireguardInterface = 'mo-wg';
export const nodeInterface = 'mo-node';

/** All interfaces of ours are in this group ("mo"), so that many leave in one operation. */
export const linkGroup = 0x6d6f;

/** Interfaces on their way out are moved here and deleted together. */
export const leavingGroup = 0x6d70;

/** Mark of WireGuard's encrypted packets. */
export const fwmark = 0x6d6f;

/** Protocol number of our routes; rt_protos gives it to nobody. */
export const routeProtocol = 109;

export const mainTable = 254;

/** Family and name of our nftables table. */
export const firewallTable = 'inet meshover';

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** At most 15 characters, never equal to the names above: those are shorter than any of these. */
export const linkName = (hostname: Hostname): string => {
  const digest = hash('sha256', hostname, 'buffer').subarray(0, 8);
  const suffix = Array.from(digest, (byte) => base32.charAt(byte & 31)).join('');
  return `${namePrefix}${hostname.replace(/[^a-z0-9]/g, '').slice(0, 4)}${suffix}`;
};

/** Table with the default route to a gathering node; ASNs are far above every usual table. */
export const tableOf = (gatherer: Asn): number => gatherer;

/** Own address on every link: it outlives the remaking of the link. */
export const linkLocalOf = (asn: Asn): Ip => ipFromBigint(6, (0xfe80n << 112n) | BigInt(asn));

/**
 * Network identifier and port of a VXLAN link, the same from both ends. The sum of two ASNs tells a
 * node's peers apart; what exceeds the identifier's 24 bits goes into the port (48880 to 48891).
 */
export const vxlanOf = (a: Asn, b: Asn): { readonly vni: number; readonly port: number } => {
  const id = a - firstAsn + (b - firstAsn);
  return { vni: id & 0xffffff, port: 48_880 + (id >>> 24) };
};

const slots = 32;

/**
 * Priorities of our rules, before main (32766) and after local (0): the mark's rule, the host's own
 * addresses, then `slots` for each prefix length, and the target of every goto.
 */
export const ruleBand = {
  mark: 20_000,
  hostAddresses: 20_001,
  ranges: 20_002,
  end: 20_002 + 129 * slots,
} as const;

/** Gatherers of one range that find a place in the band. */
export const gatherersPerRange = slots - 1;

/** Longer ranges come first; `rank` 0 is the range's own first rule, then its gatherers in order. */
export const rangePriority = (length: number, rank: number): number =>
  ruleBand.ranges + (128 - length) * slots + rank;
