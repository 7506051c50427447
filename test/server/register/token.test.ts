// Join tokens as the register keeps them.
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';
import { tokensOf } from '../../../server/register/register.ts';
import {
  complaintOfUse,
  createToken,
  type TokenMade,
  type TokenWish,
} from '../../../server/register/token.ts';
import { act, registerWith, valueOf } from './requests.ts';

const lifeMs = 3_600_000;
const wish = (changes: Partial<TokenWish> = {}): TokenWish => ({
  ...{ id: 't1', label: '', uses: 1, expiresAtMs: act.atMs + lifeMs, pattern: '', tags: [] },
  grants: { advertise: [], gathering: [] },
  ...changes,
});
const made = (changes: Partial<TokenWish> = {}): TokenMade =>
  valueOf(createToken(registerWith(), wish(changes), act));

describe('making tokens', () => {
  it.each<[string, Partial<TokenWish>, string]>([
    ['no use', { uses: 0 }, '1 to 10000'],
    ['no life', { expiresAtMs: act.atMs }, '366 days'],
    ['a life too long', { expiresAtMs: act.atMs + 400 * 86_400_000 }, '366 days'],
    ['an odd pattern', { pattern: 'A[b]' }, 'hostname pattern'],
    ['an odd tag', { tags: ['ä'] }, 'tag "ä"'],
    [
      'a pool',
      { grants: { advertise: ['10.128.0.0/24' as Prefix], gathering: [] } },
      '10.128.0.0/12',
    ],
  ])('with %s is refused', (_, changes, why) => {
    expect(createToken(registerWith(), wish(changes), act)).toMatchObject({
      refusal: { code: 'malformed', detail: expect.stringContaining(why) as string },
    });
  });

  it('forgets those that expired a month ago', () => {
    const later = { ...act, atMs: act.atMs + 32 * 86_400_000 };
    const next = wish({ id: 't2', expiresAtMs: later.atMs + lifeMs });
    const { register, change } = valueOf(createToken(made().register, next, later));
    expect(tokensOf(register).map(({ id }) => id)).toEqual(['t2']);
    expect(change.writes).toContainEqual({ table: 'token', key: 't1', value: undefined });
  });
});

describe('hostname patterns', () => {
  it.each([
    ['web-*', 'web-1', true],
    ['web-*', 'web-', true],
    ['web-*', 'db-1', false],
    ['*.lan', 'a.b.lan', true],
    ['n?', 'n1', true],
    ['n?', 'n', false],
    ['n?', 'n12', false],
    ['*a*a*a*a*a*a*a*a*b', 'a'.repeat(60), false],
  ])('the pattern %s and the name %s: %s', (pattern, name, matches) => {
    const { token } = made({ pattern });
    expect(complaintOfUse(token, name as Hostname, act.atMs) === undefined).toBe(matches);
  });
});
