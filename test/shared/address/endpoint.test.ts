// Endpoints: address and UDP port.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endpointIp,
  endpointOf,
  endpointPort,
  parseEndpoint,
} from '../../../shared/address/endpoint.ts';
import { ipFromBigint } from '../../../shared/address/ip.ts';

describe('parseEndpoint', () => {
  it.each([
    ['192.0.2.1:51820', '192.0.2.1:51820'],
    ['[2001:DB8::0001]:1', '[2001:db8::1]:1'],
    ['[::1]:65535', '[::1]:65535'],
  ])('reads %s as %s', (text, canonical) => {
    expect(parseEndpoint(text)).toEqual({ ok: true, value: canonical });
  });

  it.each([
    '',
    '192.0.2.1',
    '192.0.2.1:',
    '192.0.2.1:0',
    '192.0.2.1:65536',
    '192.0.2.1:+1',
    '2001:db8::1:51820',
    '[192.0.2.1]:51820',
    '[2001:db8::1]',
    '[2001:db8::1]51820',
    '[fe80::1%eth0]:51820',
    'host.example:51820',
    '[]:1',
    ':1',
    'x192.0.2.1:1',
    '192.0.2.1:1x',
  ])('refuses %j and shows how to write one', (text) => {
    expect(parseEndpoint(text)).toEqual({
      ok: false,
      reason: `"${text}" is not an endpoint (write it like [2001:db8::1]:51820 or 192.0.2.1:51820)`,
    });
  });
});

it('an endpoint is taken apart into what it was made of, and reads back', () => {
  const address = fc.oneof(
    fc.bigInt(0n, (1n << 32n) - 1n).map((value) => ipFromBigint(4, value)),
    fc.bigInt(0n, (1n << 128n) - 1n).map((value) => ipFromBigint(6, value)),
  );
  fc.assert(
    fc.property(address, fc.integer({ min: 1, max: 65535 }), (ip, port) => {
      const endpoint = endpointOf(ip, port);
      expect([endpointIp(endpoint), endpointPort(endpoint)]).toEqual([ip, port]);
      expect(parseEndpoint(endpoint)).toEqual({ ok: true, value: endpoint });
    }),
  );
});
