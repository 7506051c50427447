// A source is what one host commonly has: an IPv4 address, or an IPv6 /64.
import { expect, test } from 'vitest';
import { sourceOf } from '../../../server/door/source.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:0:1::5', '2001:db8:0:1::/64'],
  ['2001:0db8:0000:0001:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:db8::5', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
])('%s counts against %s', (address, source) => {
  expect(sourceOf(address)).toBe(source);
});

test.each(['::1', '127.0.0.1', '127.1.2.3', '::ffff:127.0.0.1', undefined, 'x'])(
  '%s is no source',
  (address) => {
    expect(sourceOf(address)).toBeUndefined();
  },
);
