// Random words at the command line and random proofs: an answer or one clear line each, never an exception.
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { configFrom } from '../../client/config-from.ts';
import { agentFlags } from '../../client/flag-table.ts';
import { allCommands } from '../../ctl/commands/all.ts';
import { ctlStartFrom } from '../../ctl/start.ts';
import { createCallerChecks } from '../../server/auth/caller.ts';
import { readJoinToken, signJoinToken } from '../../server/auth/join-token.ts';
import { serverFlags, serverStartFrom } from '../../server/config.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import { Secret } from '../../shared/log/secret.ts';
import { fuzz, type Random } from './fuzz.ts';
import { spoiltText } from './mutate.ts';

const ctlFlags = allCommands.flatMap(({ flags }) => Object.keys(flags));
const ctlWords = ['nodes', 'status', 'remove', 'token', 'create', 'approve', 'help', 'events'];

const values = [
  ...['', '0', '-1', '65536', 'off', 'true', '10.0.0.0/8', 'fd00::/48,10.0.0.0/12', '10.0.0.1/33'],
  ...[
    '[::1]:12384',
    '[::',
    ':::',
    'host:1:2',
    'a.b.c',
    '200ms',
    '1e9',
    '/dev/null',
    '%',
    '\0',
    '=',
    '-',
  ],
  ...['2001:db8::/32@20', 'x'.repeat(10_000), '１２', '\u202e\ud800', '__proto__', 'constructor'],
];

/** A flag as written with care or without, or any word. */
const wordFrom = (random: Random, flags: readonly string[]): readonly string[] => {
  const value =
    random.below(2) === 0 ? random.pick(values) : spoiltText(random, random.pick(values));
  const flag = random.below(4) === 0 ? spoiltText(random, random.pick(flags)) : random.pick(flags);
  switch (random.below(5)) {
    case 0:
      return [`-${flag}`];
    case 1:
      return [`-${flag}`, value];
    case 2:
      return [`-${flag}=${value}`];
    case 3:
      return [`--${flag}`, value];
    default:
      return [value];
  }
};

const argvFrom = (random: Random, flags: readonly string[]): readonly string[] =>
  Array.from({ length: random.below(8) }, () => wordFrom(random, flags)).flat();

interface Start {
  readonly kind: string;
  readonly complaints?: readonly string[];
}

/** Complaints are what `main` prints, one a line, with exit status 2. */
const expectClear = (start: Start, argv: readonly string[]): void => {
  if (start.kind !== 'complaints') return;
  expect(start.complaints?.length, JSON.stringify(argv)).toBeGreaterThan(0);
  for (const complaint of start.complaints ?? []) {
    expect(complaint, JSON.stringify(argv)).toMatch(/^[^\n]{5,}$/);
    expect(complaint).not.toMatch(/\bat .*\.ts:\d|undefined|\[object/);
  }
};

const environment = {};

test.each<[string, readonly string[], (argv: readonly string[]) => Start]>([
  ['server', Object.keys(serverFlags), (argv) => serverStartFrom(argv, environment)],
  [
    'client',
    Object.keys(agentFlags),
    (argv) => configFrom({ argv, environment, systemHostname: 'a', templates: '/c' }),
  ],
  ['meshoverctl', [...ctlFlags, ...ctlWords], (argv) => ctlStartFrom({ argv, environment })],
])('the command line of %s', async (_, flags, start) => {
  const trials = await fuzz((random) => {
    const argv = argvFrom(random, flags);
    expectClear(start(argv), argv);
  });
  expect(trials).toBeGreaterThan(0);
});

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString(
  'base64',
);

test('proofs of nodes: only the unspoilt one is taken', async () => {
  const nowMs = 1_700_000_000_000;
  const now = nowMs / 1000;
  const good = await new SignJWT({ method: '/a/B', jti: 'one' })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setSubject('alpha')
    .setAudience('register')
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .sign(privateKey);
  const trials = await fuzz(async (random) => {
    const checks = createCallerChecks({ now: () => nowMs }, new Secret('x'.repeat(32)));
    const authorization = spoiltText(random, `Bearer ${good}`);
    const outcome = await checks.checkNode({
      ...{ authorization, name: 'alpha', method: '/a/B', audience: 'register' },
      key: key as IdentityKey,
    });
    const isWhole = authorization.replace(/^Bearer /i, '') === good;
    if (!isWhole && outcome.ok) expect(signedPartOf(authorization)).toBe(signedPartOf(good));
    if (!outcome.ok) expect(outcome.refusal.detail).toMatch(/^[^\n]{10,400}$/);
  });
  expect(trials).toBeGreaterThan(0);
});

/** Header and claims; the signature's base64url can be written in more than one way. */
const signedPartOf = (token: string): string =>
  token
    .replace(/^Bearer /i, '')
    .split('.')
    .slice(0, 2)
    .join('.');

test('admin tokens: no other text is the secret', async () => {
  const token = 'secret-'.repeat(6);
  const trials = await fuzz((random) => {
    // Wrong tokens are counted by source, so each trial has a memory of its own.
    const checks = createCallerChecks({ now: () => 0 }, new Secret(token));
    const authorization = spoiltText(random, `Bearer ${token}`);
    const outcome = checks.checkAdministrator({
      ...{ authorization, source: '192.0.2.1', administrators: [], needed: 'viewer' },
    });
    expect(outcome.ok).toBe(authorization.replace(/^Bearer /i, '') === token);
  });
  expect(trials).toBeGreaterThan(0);
});

test('join tokens: only the unspoilt one is read, and what it says is what was signed', async () => {
  const issuer = { key: privateKey, registerId: 'a'.repeat(32), operatorKeys: [] };
  const details = { id: 'one', pattern: 'web-*', createdAtMs: 0, expiresAtMs: 1_000_000 };
  const good = (await signJoinToken(details, issuer)).reveal();
  const trials = await fuzz(async (random) => {
    const text = spoiltText(random, good);
    const outcome = await readJoinToken(text, { ...issuer, nowMs: 1000 });
    if (outcome.ok) expect(signedPartOf(text.trim())).toBe(signedPartOf(good));
    else expect(outcome.refusal.detail).toMatch(/^[^\n]{10,400}$/);
  });
  expect(trials).toBeGreaterThan(0);
});
