// Private 4-byte ASNs.
import { expect, it } from 'vitest';
import { asnFrom, firstAsn, lastAsn } from '../../../shared/address/asn.ts';

it('the range is RFC 6996’s', () => {
  expect([firstAsn, lastAsn]).toEqual([4_200_000_000, 4_294_967_294]);
});

it.each([4_200_000_000, 4_250_000_000, 4_294_967_294])('takes %d', (value) => {
  expect(asnFrom(value)).toEqual({ ok: true, value });
});

it.each([4_199_999_999, 4_294_967_295, 0, -1, 65_000, 4_200_000_000.5, Number.NaN, Infinity])(
  'refuses %d and names the range',
  (value) => {
    expect(asnFrom(value)).toEqual({
      ok: false,
      reason: `${value} is not a private 4-byte ASN (4200000000 to 4294967294)`,
    });
  },
);
