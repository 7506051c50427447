import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitsOf, ipFromBigint, type Family } from '../../../shared/address/ip.ts';
import { prefixOf } from '../../../shared/address/prefix.ts';
import { decodePdu } from '../../../client/rtr/decode-pdu.ts';
import { encodePdu } from '../../../client/rtr/encode-pdu.ts';
import type { Pdu, RtrVersion, Vrp } from '../../../client/rtr/pdu.ts';

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const half = fc.integer({ min: 0, max: 2 ** 16 - 1 });
const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength }).map((array) => new Uint8Array(array));

const vrps: fc.Arbitrary<Vrp> = fc
  .constantFrom<Family>(4, 6)
  .chain((family) =>
    fc.record({
      family: fc.constant(family),
      address: fc.bigInt({ min: 0n, max: 2n ** BigInt(bitsOf(family)) - 1n }),
      lengths: fc.tuple(
        fc.integer({ min: 0, max: bitsOf(family) }),
        fc.integer({ min: 0, max: bitsOf(family) }),
      ),
      asn: word,
    }),
  )
  .map(({ family, address, lengths, asn }) => ({
    prefix: prefixOf(ipFromBigint(family, address), Math.min(...lengths)),
    maxLength: Math.max(...lengths),
    asn,
  }));

const intervals = fc.record({ refresh: word, retry: word, expire: word });

const pdusOf = (version: RtrVersion): fc.Arbitrary<Pdu> =>
  fc.oneof(
    fc.record({ kind: fc.constant('serial-notify' as const), sessionId: half, serial: word }),
    fc.record({ kind: fc.constant('serial-query' as const), sessionId: half, serial: word }),
    fc.record({ kind: fc.constant('reset-query' as const) }),
    fc.record({ kind: fc.constant('cache-response' as const), sessionId: half }),
    fc.record({ kind: fc.constant('prefix' as const), announces: fc.boolean(), vrp: vrps }),
    fc.record({
      kind: fc.constant('end-of-data' as const),
      sessionId: half,
      serial: word,
      intervals: version === 0 ? fc.constant(undefined) : intervals,
    }),
    fc.record({ kind: fc.constant('cache-reset' as const) }),
    fc.record({
      kind: fc.constant('error-report' as const),
      code: half,
      about: bytes(0, 64),
      text: fc.string({ unit: 'grapheme', maxLength: 40 }),
    }),
    ...(version === 0
      ? []
      : [
          fc.record({
            kind: fc.constant('router-key' as const),
            announces: fc.boolean(),
            subjectKeyId: bytes(20, 20),
            asn: word,
            publicKey: bytes(1, 91),
          }),
        ]),
  );

describe('bytes as the RFC draws them', () => {
  const drawn: readonly (readonly [string, RtrVersion, Pdu, string])[] = [
    ['reset query', 1, { kind: 'reset-query' }, '01 02 0000 00000008'],
    [
      'serial query of version 0',
      0,
      { kind: 'serial-query', sessionId: 0x1234, serial: 7 },
      '00 01 1234 0000000c 00000007',
    ],
    [
      'IPv4 prefix',
      1,
      {
        kind: 'prefix',
        announces: true,
        vrp: { prefix: '10.128.0.1/32', maxLength: 32, asn: 4_200_000_001 } as Vrp,
      },
      '01 04 0000 00000014 01 20 20 00 0a800001 fa56ea01',
    ],
    [
      'IPv6 prefix withdrawn',
      1,
      {
        kind: 'prefix',
        announces: false,
        vrp: { prefix: 'fd00:beef:beef::/48', maxLength: 64, asn: 0 } as Vrp,
      },
      '01 06 0000 00000020 00 30 40 00 fd00beefbeef00000000000000000000 00000000',
    ],
    [
      'end of data',
      1,
      {
        kind: 'end-of-data',
        sessionId: 1,
        serial: 2,
        intervals: { refresh: 300, retry: 2, expire: 172_800 },
      },
      '01 07 0001 00000018 00000002 0000012c 00000002 0002a300',
    ],
    [
      'end of data of version 0',
      0,
      { kind: 'end-of-data', sessionId: 1, serial: 2, intervals: undefined },
      '00 07 0001 0000000c 00000002',
    ],
    [
      'error report',
      1,
      { kind: 'error-report', code: 3, about: hex('01080000 00000008'), text: 'no' },
      '01 0a 0003 0000001a 00000008 0108000000000008 00000002 6e6f',
    ],
  ];

  test.each(drawn)('%s', (...[, version, pdu, text]) => {
    expect(hexOf(encodePdu(version, pdu))).toBe(text.replaceAll(' ', ''));
    expect(decodePdu(hex(text))).toEqual({ ok: true, version, pdu });
  });
});

test.each([0, 1] as const)('version %i: what was encoded is decoded to the same', (version) => {
  fc.assert(
    fc.property(pdusOf(version), (pdu) => {
      expect(decodePdu(encodePdu(version, pdu))).toEqual({ ok: true, version, pdu });
    }),
  );
});

describe('what is wrong has its code', () => {
  test.each([
    ['nothing at all', '', 'corrupt-data'],
    ['version 2', '02 02 0000 00000008', 'unsupported-protocol-version'],
    ['a type that was never given away', '01 05 0000 00000008', 'unsupported-pdu-type'],
    ['a type of version 2', '01 0b 0000 00000008', 'unsupported-pdu-type'],
    ['a router key in version 0', '00 09 0100 00000008', 'unsupported-pdu-type'],
    ['a length that is not the true one', '01 02 0000 0000000c', 'corrupt-data'],
    ['a query that is too long', '01 02 0000 0000000c 00000000', 'corrupt-data'],
    ['a serial that is missing', '01 01 0000 00000008', 'corrupt-data'],
    ['host bits', '01 04 0000 00000014 01 18 20 00 0a800001 00000000', 'corrupt-data'],
    ['33 bits', '01 04 0000 00000014 01 20 21 00 0a800001 00000000', 'corrupt-data'],
    ['shorter at most', '01 04 0000 00000014 01 18 10 00 0a800000 00000000', 'corrupt-data'],
    ['a text that runs out', '01 0a 0003 00000010 00000000 00000005', 'corrupt-data'],
    ['a quotation that runs out', '01 0a 0003 00000010 ffffffff 00000000', 'corrupt-data'],
  ])('%s', (_, text, code) => {
    expect(decodePdu(hex(text))).toMatchObject({ ok: false, wrong: { code } });
  });

  test('bytes of any kind are either a message or wrong, never a fault', () => {
    const likely = fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 11 }),
      bytes(0, 40),
    );
    const messages = likely.map(([version, type, body]) =>
      Uint8Array.from([version, type, 0, 0, 0, 0, 0, body.length + 8, ...body]),
    );
    fc.assert(
      fc.property(fc.oneof(messages, bytes(0, 64)), (message) => {
        const decoded = decodePdu(message);
        expect('wrong' in decoded).toBe(!decoded.ok);
        if (decoded.ok && decoded.pdu.kind !== 'error-report') {
          expect(decodePdu(encodePdu(decoded.version, decoded.pdu))).toEqual(decoded);
        }
      }),
    );
  });
});
