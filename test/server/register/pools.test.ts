// Address pools: what is refused, what is never given.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIp } from '../../../shared/address/ip.ts';
import { containsIp, type Prefix } from '../../../shared/address/prefix.ts';
import { addressAt, capacityOf, defaultPools, poolsFrom } from '../../../server/register/pools.ts';

const pools = (...texts: string[]): readonly Prefix[] => texts as Prefix[];

describe('poolsFrom', () => {
  it('takes the defaults, sorted', () => {
    expect(poolsFrom(defaultPools)).toEqual({
      ok: true,
      value: {
        tunnelPools: ['10.192.0.0/12', 'fd00:6d65:7368::/48'],
        operatorKeys: [],
        nodePools: ['10.128.0.0/12', 'fd00:beef:beef::/48'],
      },
    });
  });

  it.each([
    ['tunnel and node overlap', { tunnel: ['fd00::/16', '10.192.0.0/12'] }, 'overlap'],
    ['two of one kind overlap', { node: ['fd01::/48', '10.0.0.0/9', '10.1.0.0/16'] }, 'overlap'],
    ['the same twice', { node: ['fd01::/48', '10.3.0.0/16', '10.3.0.0/16'] }, 'overlap'],
    ['no IPv6', { tunnel: ['10.3.0.0/16'] }, '-wgaddress has no IPv6 pool'],
    ['no IPv4', { node: ['fd01::/48'] }, '-assignaddress has no IPv4 pool'],
    ['none', { node: [] }, '-assignaddress has no IPv6 pool'],
    ['no prefix', { tunnel: ['10.3.0.0'] }, '-wgaddress: "10.3.0.0" is not a prefix'],
    ['host bits', { node: ['10.3.0.1/16'] }, 'did you mean 10.3.0.0/16?'],
    ['a /31', { node: ['fd01::/48', '10.3.0.0/31'] }, 'too small (IPv4 pools are /30 or wider)'],
    ['a /127', { node: ['fd01::/127', '10.3.0.0/30'] }, 'too small (IPv6 pools are /126 or wider)'],
    ['loopback', { node: ['fd01::/48', '127.0.0.0/8'] }, 'loopback'],
    ['multicast', { node: ['ff00::/16', '10.3.0.0/16'] }, 'multicast'],
    ['everything', { node: ['fd01::/48', '0.0.0.0/0'] }, 'overlaps 0.0.0.0/8'],
  ])('refuses %s', (_, texts, why) => {
    const result = poolsFrom({ ...defaultPools, ...texts });
    expect(result).toEqual({ ok: false, reason: expect.stringContaining(why) as string });
  });

  it('takes the smallest pools', () => {
    expect(poolsFrom({ ...defaultPools, node: ['fd01::/126', '10.3.0.0/30'] }).ok).toBe(true);
  });
});

describe('the addresses of pools', () => {
  const all = (family: 4 | 6, ...texts: string[]): readonly string[] =>
    Array.from({ length: Number(capacityOf(pools(...texts), family)) }, (_, i) =>
      addressAt(pools(...texts), family, BigInt(i)),
    );

  it('leave out network and broadcast address of a small IPv4 pool', () => {
    expect(all(4, '10.0.0.8/29')).toEqual([
      '10.0.0.9',
      '10.0.0.10',
      '10.0.0.11',
      '10.0.0.12',
      '10.0.0.13',
      '10.0.0.14',
    ]);
    expect(all(4, '10.0.0.128/25').at(-1)).toBe('10.0.0.254');
  });

  it('leave out .0 and .255 of every /24', () => {
    const given = all(4, '10.0.0.0/23');
    expect(given).toHaveLength(508);
    expect([given[0], given[253], given[254], given[507]]).toEqual([
      '10.0.0.1',
      '10.0.0.254',
      '10.0.1.1',
      '10.0.1.254',
    ]);
    expect(all(4, '10.0.0.0/24')).toHaveLength(254);
  });

  it('leave out the zero host of IPv6 (subnet-router anycast)', () => {
    expect(all(6, 'fd00::/126')).toEqual(['fd00::1', 'fd00::2', 'fd00::3']);
  });

  it('go on from one pool to the next of the family', () => {
    expect(all(4, '10.0.0.0/30', 'fd00::/126', '10.9.0.0/30')).toEqual([
      '10.0.0.1',
      '10.0.0.2',
      '10.9.0.1',
      '10.9.0.2',
    ]);
    expect(() => addressAt(pools('10.0.0.0/30'), 4, 2n)).toThrow(
      'outside the IPv4 pools 10.0.0.0/30',
    );
  });

  it('are as many as there is room for', () => {
    expect(capacityOf(pools('10.0.0.0/12'), 4)).toBe(4096n * 254n);
    expect(capacityOf(pools('fd00::/48', '10.0.0.0/12'), 6)).toBe((1n << 80n) - 1n);
    expect(capacityOf(pools('fd00::/48'), 4)).toBe(0n);
  });

  it('lie in their pool, each once', () => {
    const index = fc.bigInt(0n, capacityOf(pools('10.0.0.0/12'), 4) - 1n);
    fc.assert(
      fc.property(index, index, (i, j) => {
        const [a, b] = [
          addressAt(pools('10.0.0.0/12'), 4, i),
          addressAt(pools('10.0.0.0/12'), 4, j),
        ];
        expect(containsIp('10.0.0.0/12' as Prefix, a) && parseIp(a).ok).toBe(true);
        expect(/\.(0|255)$/.test(a)).toBe(false);
        expect(a === b).toBe(i === j);
      }),
    );
  });
});
