// Public keys: 32 bytes in base64, one spelling each.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIdentityKey, parseWireGuardKey } from '../../../shared/address/key.ts';

describe.each([
  ['parseWireGuardKey', parseWireGuardKey],
  ['parseIdentityKey', parseIdentityKey],
])('%s', (_, parse) => {
  it('takes every 32 bytes, as they are spelt', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(parse(text)).toEqual({ ok: true, value: text });
      }),
    );
  });

  it('refuses any other number of bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 70 }).filter(({ length }) => length !== 32),
        (bytes) => {
          expect(parse(Buffer.from(bytes).toString('base64')).ok).toBe(false);
        },
      ),
    );
  });

  const good = Buffer.alloc(32, 7).toString('base64');
  it.each([
    ['a second spelling of the same bytes', good.replace(/c=$/, 'd=')],
    ['no padding', good.slice(0, -1)],
    ['white space', `${good}\n`],
    ['something in front', ` ${good}`],
    ['base64url', Buffer.alloc(32, 255).toString('base64').replaceAll('/', '_')],
  ])('refuses %s', (__, text) => {
    expect(parse(text).ok).toBe(false);
  });

  it('says what it wants, and does not repeat what might be a private key', () => {
    const result = parse('hunter2');
    expect(result).toHaveProperty('reason', expect.stringContaining('32 bytes'));
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});
