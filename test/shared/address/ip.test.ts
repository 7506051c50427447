// IPv4 and IPv6 addresses: RFC 5952's rules one by one, then as properties.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitsOf,
  compareIp,
  familyOf,
  ipFromBigint,
  ipToBigint,
  parseIp,
  type Family,
  type Ip,
} from '../../../shared/address/ip.ts';

const ip = (text: string): Ip => {
  const result = parseIp(text);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
};

const anyAddress = fc.oneof(
  fc.record({ family: fc.constant<Family>(4), value: fc.bigInt(0n, (1n << 32n) - 1n) }),
  fc.record({ family: fc.constant<Family>(6), value: fc.bigInt(0n, (1n << 128n) - 1n) }),
);

describe('parseIp', () => {
  it.each([
    ['leading zeros of a group go (4.1)', '2001:0db8::0001', '2001:db8::1'],
    ['the longest run of zeros is shortened (4.2.1)', '2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['one zero group is not shortened (4.2.2)', '2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['the longer of two runs is shortened (4.2.3)', '2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['of two equal runs the first (4.2.3)', '2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['letters are lower case (4.3)', '2001:DB8::A', '2001:db8::a'],
    ['all zeros', '0:0:0:0:0:0:0:0', '::'],
    ['a run at the end', 'fe80:0:0:0:0:0:0:0', 'fe80::'],
    ['a run at the start', '0:0:0:0:0:0:0:1', '::1'],
    ['no zeros at all', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['a dotted quad in the last 32 bits', '::ffff:192.0.2.1', '::ffff:c000:201'],
    ['a dotted quad behind six groups', '1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
    ['IPv4', '192.0.2.1', '192.0.2.1'],
    ['the last IPv4', '255.255.255.255', '255.255.255.255'],
  ])('%s', (_, text, canonical) => {
    expect(ip(text)).toBe(canonical);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '::1::',
    'g::1',
    '1:2:3:4:5:6:7',
    '12345::',
    'fe80::1%eth0',
    '192.0.2.1/32',
    ' 192.0.2.1',
    'localhost',
  ])('refuses %j and shows how to write one', (text) => {
    expect(parseIp(text)).toEqual({
      ok: false,
      reason: `"${text}" is not an IP address (write it like 192.0.2.1 or 2001:db8::1, with no zone)`,
    });
  });

  it('gives one text for every spelling of one address', () => {
    const spelt = (value: bigint): string =>
      Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
        .map((group) => group.padStart(4, '0').toUpperCase())
        .join(':');
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 128n) - 1n), (value) => {
        expect(ip(spelt(value))).toBe(ipFromBigint(6, value));
      }),
    );
  });
});

describe('ipToBigint and ipFromBigint', () => {
  it('are each other’s inverse, and what they print is canonical', () => {
    fc.assert(
      fc.property(anyAddress, ({ family, value }) => {
        const printed = ipFromBigint(family, value);
        expect(ipToBigint(printed)).toBe(value);
        expect(ip(printed)).toBe(printed);
        expect(familyOf(printed)).toBe(family);
      }),
    );
  });

  it('put the first octet and the first group highest', () => {
    expect(ipToBigint(ip('1.2.3.4'))).toBe(0x01020304n);
    expect(ipToBigint(ip('1::2'))).toBe((1n << 112n) + 2n);
  });
});

describe('compareIp', () => {
  it('puts IPv4 first, then orders by value and not by text', () => {
    const shuffled = ['::2', '10.0.0.10', '::10', '9.255.0.0', '10.0.0.9'].map(ip);
    expect(shuffled.sort(compareIp)).toEqual(['9.255.0.0', '10.0.0.9', '10.0.0.10', '::2', '::10']);
  });

  it('is zero for equals only, and antisymmetric', () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, (left, right) => {
        const [a, b] = [
          ipFromBigint(left.family, left.value),
          ipFromBigint(right.family, right.value),
        ];
        expect(Math.sign(compareIp(a, b))).toBe(-Math.sign(compareIp(b, a)) + 0);
        expect(compareIp(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

it('an address has 32 or 128 bits', () => {
  expect([bitsOf(4), bitsOf(6)]).toEqual([32, 128]);
});
