// Whom a connection counts against: its IPv4 address or IPv6 /64.
import { isIPv4, isIPv6 } from 'node:net';

/** Undefined for loopback and for a socket that is gone already: these count in the totals only. */
export const sourceOf = (address: string | undefined): string | undefined => {
  const text = address?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (text === undefined || text === '::1') return undefined;
  if (isIPv4(text)) return text.startsWith('127.') ? undefined : text;
  return isIPv6(text) ? `${firstHalfOf(text)}::/64` : undefined;
};

const firstHalfOf = (address: string): string => {
  const [left = '', right] = address.split('::');
  const head = groupsOf(left);
  const tail = groupsOf(right ?? '');
  const zeros = right === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...tail].slice(0, 4).join(':');
};

/** A dotted tail stands for two groups; it is never in the first half. */
const groupsOf = (text: string): readonly string[] =>
  text === ''
    ? []
    : text
        .split(':')
        .flatMap((group) =>
          group.includes('.') ? ['0', '0'] : [Number.parseInt(group, 16).toString(16)],
        );
