// Who calls: good proofs are taken once, every other one is refused with the reason.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  createCallerChecks,
  tokenHashOf,
  type ProofQuestion,
  type TokenQuestion,
} from '../../../server/auth/caller.ts';
import type { IdentityKey } from '../../../shared/address/key.ts';
import { Secret } from '../../../shared/log/secret.ts';

const nowMs = 1_700_000_000_000;
const now = nowMs / 1000;
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519').privateKey;
const rawKey = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');

interface Wish {
  readonly key?: KeyObject;
  readonly subject?: string;
  readonly audience?: string;
  readonly method?: string;
  readonly iat?: number;
  readonly exp?: number;
  readonly jti?: string;
}

const proofWith = (wish: Wish = {}): Promise<string> =>
  new SignJWT({ method: wish.method ?? '/a/B' })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setSubject(wish.subject ?? 'alpha')
    .setAudience(wish.audience ?? 'register')
    .setJti(wish.jti ?? 'one')
    .setIssuedAt(wish.iat ?? now)
    .setExpirationTime(wish.exp ?? now + 60)
    .sign(wish.key ?? privateKey);

const question = (token: string): ProofQuestion => ({
  authorization: `Bearer ${token}`,
  name: 'alpha',
  key: rawKey.toString('base64') as IdentityKey,
  audience: 'register',
  method: '/a/B',
});

const newChecks = (at = { ms: nowMs }): ReturnType<typeof createCallerChecks> =>
  createCallerChecks({ now: () => at.ms }, new Secret('the-admin-token'));

describe('nodes', () => {
  test('a good proof is taken once', async () => {
    const checks = newChecks();
    const token = await proofWith();
    expect(await checks.checkNode(question(token))).toMatchObject({ ok: true });
    expect(await checks.checkNode(question(token))).toMatchObject({
      refusal: {
        code: 'unauthenticated',
        detail: expect.stringContaining('used before') as string,
      },
    });
  });

  test('a token is remembered for as long as it is good', async () => {
    const at = { ms: nowMs };
    const checks = newChecks(at);
    const token = await proofWith();
    await checks.checkNode(question(token));
    at.ms += 59_000;
    expect(await checks.checkNode(question(token))).toMatchObject({ ok: false });
  });

  test.each<[string, Wish, string]>([
    ["another node's key", { key: other }, 'signature'],
    ["another node's name", { subject: 'beta' }, 'sub'],
    ['another register', { audience: 'elsewhere' }, 'aud'],
    ['another call', { method: '/a/C' }, 'another call'],
    ['an expired proof', { iat: now - 300, exp: now - 240 }, 'clock'],
    ['a proof from the future', { iat: now + 300, exp: now + 360 }, 'clock'],
    ['a proof for an hour', { exp: now + 3600 }, 'more than 60 seconds'],
    ['an endless jti', { jti: 'x'.repeat(65) }, 'jti'],
  ])('%s is refused', async (_, wish, reason) => {
    const outcome = await newChecks().checkNode(question(await proofWith(wish)));
    expect(outcome).toMatchObject({
      refusal: { code: 'unauthenticated', detail: expect.stringContaining(reason) as string },
    });
  });

  test.each(['', 'garbage', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbHBoYSJ9.'])(
    'no token at all: %j',
    async (token) => {
      expect(await newChecks().checkNode(question(token))).toMatchObject({
        refusal: { code: 'unauthenticated' },
      });
    },
  );
});

describe('administrators', () => {
  const ann = { name: 'ann', role: 'viewer', createdAtMs: 0, createdBy: '' } as const;
  const question = (
    authorization: string,
    changes: Partial<TokenQuestion> = {},
  ): TokenQuestion => ({
    authorization,
    source: '192.0.2.1',
    administrators: [{ ...ann, tokenHash: tokenHashOf('the-token-of-ann') }],
    needed: 'viewer',
    ...changes,
  });

  test.each([
    ['Bearer the-admin-token', { name: 'admin', role: 'admin' }],
    ['Bearer the-token-of-ann', { name: 'ann', role: 'viewer' }],
  ])('%s is %j', (authorization, value) => {
    expect(newChecks().checkAdministrator(question(authorization))).toEqual({ ok: true, value });
  });

  test.each(['Bearer another', '', `Bearer ${tokenHashOf('the-token-of-ann')}`])(
    '"%s" is nobody',
    (authorization) => {
      const outcome = newChecks().checkAdministrator(question(authorization));
      expect(outcome).toMatchObject({ refusal: { code: 'unauthenticated' } });
    },
  );

  test('a role that is too low is refused, and told which is needed', () => {
    const asked = question('Bearer the-token-of-ann', { needed: 'operator' });
    expect(newChecks().checkAdministrator(asked)).toMatchObject({
      refusal: { code: 'forbidden', detail: expect.stringContaining('operator') as string },
    });
  });

  test('after twenty wrong tokens an address waits for a minute, and others do not', () => {
    const at = { ms: nowMs };
    const checks = newChecks(at);
    const good = question('Bearer the-admin-token');
    for (let i = 0; i < 20; i++) checks.checkAdministrator(question('Bearer wrong'));
    expect(checks.checkAdministrator(good)).toMatchObject({ refusal: { code: 'overloaded' } });
    const elsewhere = { ...good, source: '192.0.2.2' };
    expect(checks.checkAdministrator(elsewhere).ok).toBe(true);
    at.ms += 60_000;
    expect(checks.checkAdministrator(good).ok).toBe(true);
  });
});
