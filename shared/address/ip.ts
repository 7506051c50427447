// IPv4 and IPv6 addresses as canonical text, one code path for both families.
import { isIP } from 'node:net';
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';

/** Canonical text (RFC 5952 for IPv6, dotted quad for IPv4), so that `===` compares addresses. */
export type Ip = string & { readonly __brand: 'Ip' };

export type Family = 4 | 6;

/** Width of an address in bits: 32 or 128. */
export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

export const familyOf = (ip: Ip): Family => (ip.includes(':') ? 6 : 4);

/** Reads an address without zone or prefix length. */
export const parseIp = (text: string): Parsed<Ip> => {
  const kind = isIP(text);
  if (kind === 0 || text.includes('%')) {
    return malformed(
      `"${text}" is not an IP address (write it like 192.0.2.1 or 2001:db8::1, with no zone)`,
    );
  }
  const family: Family = kind === 4 ? 4 : 6;
  return parsed(ipFromBigint(family, family === 4 ? bigintOf4(text) : bigintOf6(text)));
};

export const ipToBigint = (ip: Ip): bigint => (familyOf(ip) === 4 ? bigintOf4(ip) : bigintOf6(ip));

/** The address whose network-order value is `value`; the value must fit the family. */
export const ipFromBigint = (family: Family, value: bigint): Ip =>
  (family === 4 ? text4(value) : text6(value)) as Ip;

/** IPv4 before IPv6, then by value: negative, zero or positive. */
export const compareIp = (a: Ip, b: Ip): number => {
  const families = familyOf(a) - familyOf(b);
  if (families !== 0) return families;
  const [left, right] = [ipToBigint(a), ipToBigint(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const bigintOf4 = (text: string): bigint =>
  text.split('.').reduce((value, octet) => value * 256n + BigInt(octet), 0n);

const bigintOf6 = (text: string): bigint =>
  groupsOf6(text).reduce((value, group) => value * 65536n + BigInt(group), 0n);

const groupsOf6 = (text: string): number[] => {
  const [head = '', tail] = withoutDottedQuad(text).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(zeros).fill('0'), ...after].map((hex) => parseInt(hex, 16));
};

const withoutDottedQuad = (text: string): string => {
  const at = text.lastIndexOf(':') + 1;
  if (!text.includes('.')) return text;
  const value = bigintOf4(text.slice(at));
  return `${text.slice(0, at)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
};

const text4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 0xffn).toString()).join('.');

const text6 = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number((value >> BigInt(112 - 16 * i)) & 0xffffn),
  );
  const run = longestZeroRun(groups);
  const hex = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
};

const longestZeroRun = (groups: readonly number[]): { start: number; length: number } => {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
};
