// Join tokens: every way in which one can be wrong is refused, and says what to do.
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { readJoinToken, signJoinToken } from '../../../server/auth/join-token.ts';
import type { OperatorKey } from '../../../shared/address/key.ts';
import type { Outcome } from '../../../shared/outcome/refusal.ts';
import { operatorFingerprint, registerFingerprint } from '../../../shared/trust/fingerprint.ts';
import { registerKeyOf } from '../../../shared/trust/signed.ts';

const nowMs = 1_700_000_000_000;
const now = nowMs / 1000;
const registerId = '0123456789abcdef'.repeat(2);
const { privateKey: key } = generateKeyPairSync('ed25519');
const operatorKey = `${'A'.repeat(43)}=` as OperatorKey;
const issuer = { key, registerId, operatorKeys: [operatorKey] };
const details = {
  ...{ id: 'tok', pattern: 'web-*', createdAtMs: nowMs, expiresAtMs: nowMs + 3_600_000 },
};

const read = (text: string, atMs = nowMs): Promise<Outcome<string>> =>
  readJoinToken(text, { key, registerId, nowMs: atMs });

const codeOf = (outcome: Outcome<string>): string =>
  outcome.ok ? outcome.value : outcome.refusal.code;

const good = (await signJoinToken(details, issuer)).reveal();

interface Forgery {
  readonly key?: KeyObject | Uint8Array;
  readonly alg?: string;
  readonly typ?: string;
  readonly claims?: object;
}

const forged = (forgery: Forgery): Promise<string> =>
  new SignJWT({
    ...{ iss: registerId, aud: 'meshover-join', jti: 'tok', iat: now, exp: now + 3600 },
    ...forgery.claims,
  })
    .setProtectedHeader({ alg: forgery.alg ?? 'EdDSA', typ: forgery.typ ?? 'meshover-join+jwt' })
    .sign(forgery.key ?? key);

describe('a good token', () => {
  test('is read as its id, also with a newline behind it, until it expires', async () => {
    expect([await read(good), await read(`${good}\n`, nowMs + 3_599_000)]).toEqual([
      { ok: true, value: 'tok' },
      { ok: true, value: 'tok' },
    ]);
    expect(codeOf(await read(good, nowMs + 3_600_000))).toBe('token-expired');
  });

  test('says which register to trust, and whom it is for', () => {
    const registerKey = registerKeyOf(key);
    expect(decodeJwt(good)).toEqual({
      ...{ iss: registerId, aud: 'meshover-join', jti: 'tok', iat: now, exp: now + 3600 },
      ...{ registerKey, fingerprint: registerFingerprint(registerKey), hostname: 'web-*' },
      operators: [operatorFingerprint(operatorKey)],
    });
  });

  test('is not shown by accident', async () => {
    expect(JSON.stringify({ token: await signJoinToken(details, issuer) })).toBe(
      '{"token":"[secret]"}',
    );
  });
});

describe('is refused', () => {
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const publicBytes = Buffer.from(registerKeyOf(key), 'base64');
  const parts = good.split('.') as [string, string, string];
  const hs256 = (): string => {
    const header = Buffer.from('{"alg":"HS256","typ":"meshover-join+jwt"}').toString('base64url');
    const mac = createHmac('sha256', publicBytes).update(`${header}.${parts[1]}`);
    return `${header}.${parts[1]}.${mac.digest('base64url')}`;
  };
  const unsigned = new UnsecuredJWT({ jti: 'tok' })
    .setIssuer(registerId)
    .setAudience('meshover-join')
    .setIssuedAt(now)
    .setExpirationTime(now + 3600)
    .encode();

  test.each<[string, () => string | Promise<string>]>([
    ['another controller’s', () => forged({ key: stranger })],
    ['of another register', () => forged({ claims: { iss: 'f'.repeat(32) } })],
    ['for another audience', () => forged({ claims: { aud: registerId } })],
    ['of another type', () => forged({ typ: 'JWT' })],
    ['of the future', () => forged({ claims: { iat: now + 3600, exp: now + 7200 } })],
    ['without an id', () => forged({ claims: { jti: undefined } })],
    ['without an end', () => forged({ claims: { exp: undefined } })],
    ['with alg none', () => unsigned],
    ['with HS256 and the public key as secret', hs256],
    ['cut short', () => good.slice(0, -10)],
    ['cut in the middle', () => good.slice(0, 100)],
    ['with other claims', () => `${parts[0]}.${parts[1].slice(0, -4)}AAAA.${parts[2]}`],
    ['no token at all', () => 'x'],
    ['endless', () => 'x'.repeat(100_000)],
  ])('%s', async (_, make) => {
    const outcome = await read(await make());
    expect(codeOf(outcome)).toBe('token-invalid');
    expect(outcome).toMatchObject({
      refusal: { detail: expect.stringContaining('meshoverctl token create') as string },
    });
  });
});
