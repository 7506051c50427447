// CIDR prefixes: reading, containing, overlapping, ordering.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsOf, ipFromBigint, type Family, type Ip } from '../../../shared/address/ip.ts';
import {
  comparePrefix,
  containsIp,
  containsPrefix,
  hostPrefix,
  lengthOf,
  networkOf,
  overlaps,
  parsePrefix,
  prefixFamily,
  prefixOf,
  type Prefix,
} from '../../../shared/address/prefix.ts';

const prefix = (text: string): Prefix => {
  const result = parsePrefix(text);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
};

const anyPrefix = fc
  .record({
    family: fc.constantFrom<Family>(4, 6),
    seed: fc.bigInt(0n, (1n << 128n) - 1n),
    bits: fc.nat(128),
  })
  .map(({ family, seed, bits }) => {
    const width = bitsOf(family);
    return prefixOf(ipFromBigint(family, seed & ((1n << BigInt(width)) - 1n)), bits % (width + 1));
  });

describe('parsePrefix', () => {
  it.each([
    ['10.20.0.0/16', '10.20.0.0/16'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0::/48', '2001:db8::/48'],
    ['192.0.2.1/32', '192.0.2.1/32'],
    ['::1/128', '::1/128'],
  ])('reads %s as %s', (text, canonical) => {
    expect(prefix(text)).toBe(canonical);
  });

  it.each([
    ['10.0.0.0', 'is not a prefix'],
    ['10.0.0.0/', 'is not a prefix'],
    ['10.0.0.0/8/8', 'is not a prefix'],
    ['10.0.0.0/08', 'is not a prefix'],
    ['10.0.0.0/-1', 'is not a prefix'],
    ['10.0.0.0/1000', 'is not a prefix'],
    ['/8', 'is not a prefix'],
    ['10.0.0/8', 'is not a prefix'],
    ['fe80::%eth0/64', 'is not a prefix'],
    ['10.0.0.0/33', 'has a prefix length over 32'],
    ['2001:db8::/129', 'has a prefix length over 128'],
    ['10.0.0.1/24', 'has host bits set (did you mean 10.0.0.0/24?)'],
    ['2001:db8::1/64', 'has host bits set (did you mean 2001:db8::/64?)'],
  ])('refuses %s: %s', (text, why) => {
    const result = parsePrefix(text);
    expect(result.ok).toBe(false);
    expect(result).toHaveProperty('reason', expect.stringContaining(`"${text}" ${why}`));
  });

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(anyPrefix, (each) => {
        expect(prefix(each)).toBe(each);
      }),
    );
  });
});

it('a prefix knows its network, length and family', () => {
  const site = prefix('2001:db8:20::/48');
  expect([networkOf(site), lengthOf(site), prefixFamily(site)]).toEqual(['2001:db8:20::', 48, 6]);
  expect(prefixFamily(prefix('10.0.0.0/8'))).toBe(4);
});

it('hostPrefix is one whole address', () => {
  expect(hostPrefix('10.0.0.1' as Ip)).toBe('10.0.0.1/32');
  expect(hostPrefix('::1' as Ip)).toBe('::1/128');
});

describe('containing and overlapping', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '9.255.255.255', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['::/0', '10.0.0.1', false],
    ['10.0.0.1/32', '10.0.0.1', true],
    ['10.0.0.1/32', '10.0.0.2', false],
  ])('%s holds %s: %s', (outer, ip, holds) => {
    expect(containsIp(prefix(outer), ip as Ip)).toBe(holds);
  });

  it.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.1.0.0/16', '10.0.0.0/8', false],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.0.0.0/9', '10.128.0.0/9', false],
    ['::/0', '0.0.0.0/0', false],
  ])('%s holds %s: %s', (outer, inner, holds) => {
    expect(containsPrefix(prefix(outer), prefix(inner))).toBe(holds);
  });

  it('two prefixes overlap exactly when one holds the other’s network', () => {
    fc.assert(
      fc.property(anyPrefix, anyPrefix, (a, b) => {
        const meet = containsIp(a, networkOf(b)) || containsIp(b, networkOf(a));
        expect(overlaps(a, b)).toBe(meet);
        expect(overlaps(b, a)).toBe(meet);
      }),
    );
  });

  it('every prefix lies in each shorter one of its network', () => {
    fc.assert(
      fc.property(anyPrefix, fc.nat(128), (inner, shorter) => {
        const outer = prefixOf(networkOf(inner), shorter % (lengthOf(inner) + 1));
        expect(containsPrefix(outer, inner) && overlaps(inner, outer)).toBe(true);
      }),
    );
  });
});

it('comparePrefix orders by family, network, then shorter first', () => {
  const sorted = ['10.0.0.0/8', '10.0.0.0/16', '10.1.0.0/16', '100.0.0.0/8', '::/0', '::/8'];
  expect(sorted.map(prefix).reverse().sort(comparePrefix)).toEqual(sorted);
});
