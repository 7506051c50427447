// CIDR prefixes as canonical text.
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';
import {
  bitsOf,
  compareIp,
  familyOf,
  ipFromBigint,
  ipToBigint,
  parseIp,
  type Family,
  type Ip,
} from './ip.ts';

/** Canonical text `network/length` with no host bits set, so that `===` compares prefixes. */
export type Prefix = string & { readonly __brand: 'Prefix' };

/** Reads `address/length`; a prefix with host bits set is refused and the network is named. */
export const parsePrefix = (text: string): Parsed<Prefix> => {
  const [address = '', length, ...rest] = text.split('/');
  const ip = parseIp(address);
  if (!ip.ok || length === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) {
    return malformed(`"${text}" is not a prefix (write it like 10.20.0.0/16 or 2001:db8::/48)`);
  }
  const bits = Number(length);
  if (bits > bitsOf(familyOf(ip.value))) {
    return malformed(`"${text}" has a prefix length over ${String(bitsOf(familyOf(ip.value)))}`);
  }
  const network = prefixOf(ip.value, bits);
  if (networkOf(network) !== ip.value) {
    return malformed(`"${text}" has host bits set (did you mean ${network}?)`);
  }
  return parsed(network);
};

/** The prefix of that many bits that holds `ip`. */
export const prefixOf = (ip: Ip, bits: number): Prefix => {
  const family = familyOf(ip);
  if (bits === bitsOf(family)) return `${ip}/${String(bits)}` as Prefix;
  const shift = BigInt(bitsOf(family) - bits);
  const network = (ipToBigint(ip) >> shift) << shift;
  return `${ipFromBigint(family, network)}/${String(bits)}` as Prefix;
};

/** /32 or /128 of one address. */
export const hostPrefix = (ip: Ip): Prefix => prefixOf(ip, bitsOf(familyOf(ip)));

export const networkOf = (prefix: Prefix): Ip => prefix.slice(0, prefix.indexOf('/')) as Ip;

export const lengthOf = (prefix: Prefix): number => Number(prefix.slice(prefix.indexOf('/') + 1));

export const prefixFamily = (prefix: Prefix): Family => familyOf(networkOf(prefix));

export const containsIp = (prefix: Prefix, ip: Ip): boolean =>
  prefixFamily(prefix) === familyOf(ip) && prefixOf(ip, lengthOf(prefix)) === prefix;

/** `inner` lies wholly in `outer` (or equals it). */
export const containsPrefix = (outer: Prefix, inner: Prefix): boolean =>
  lengthOf(outer) <= lengthOf(inner) && containsIp(outer, networkOf(inner));

export const overlaps = (a: Prefix, b: Prefix): boolean =>
  containsPrefix(a, b) || containsPrefix(b, a);

/** By family, network, then shorter first. */
export const comparePrefix = (a: Prefix, b: Prefix): number =>
  compareIp(networkOf(a), networkOf(b)) || lengthOf(a) - lengthOf(b);
