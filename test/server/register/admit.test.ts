// Who comes in: known nodes, those with a token, everybody where it is open; the others wait.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { IdentityKey, OperatorKey } from '../../../shared/address/key.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';
import type { JoinRequest } from '../../../shared/mesh/join-request.ts';
import type { Succession } from '../../../shared/mesh/trust.ts';
import type { Outcome } from '../../../shared/outcome/refusal.ts';
import { registerKeyOf, signWord } from '../../../shared/trust/signed.ts';
import { successionKind } from '../../../shared/wire/signed.ts';
import { admitNode, type Admitted } from '../../../server/register/admit.ts';
import { approveNode, rekeyNode } from '../../../server/register/approve.ts';
import { lookUp } from '../../../server/register/persistent-map.ts';
import { nodeOf, tokensOf, type Register } from '../../../server/register/register.ts';
import { removeNode } from '../../../server/register/remove.ts';
import { createToken, revokeToken, type TokenWish } from '../../../server/register/token.ts';
import { act, joinAll, keyFor, registerId, registerWith, requestFor, valueOf } from './requests.ts';

const lifeMs = 3_600_000;
const wish = (changes: Partial<TokenWish> = {}): TokenWish => ({
  ...{ id: 't1', label: '', uses: 1, expiresAtMs: act.atMs + lifeMs, pattern: '', tags: ['dc'] },
  grants: { advertise: ['10.20.0.0/16' as Prefix], gathering: [] },
  ...changes,
});
const withToken = (changes: Partial<TokenWish> = {}): Register =>
  valueOf(createToken(registerWith(), wish(changes), act)).register;

interface How {
  readonly open?: boolean;
  readonly tokenId?: string;
  readonly atMs?: number;
  readonly changes?: Partial<JoinRequest>;
}

const knock = (register: Register, name: string, how: How = {}): Outcome<Admitted> =>
  admitNode(register, requestFor(name, how.changes), {
    act: { ...act, atMs: how.atMs ?? act.atMs },
    open: how.open ?? false,
    tokenId: how.tokenId,
  });

const kindOf = (outcome: Outcome<Admitted>): string => {
  if (!outcome.ok) return outcome.refusal.code;
  return outcome.value.kind === 'waits' ? `waits: ${outcome.value.why}` : 'joined';
};

const removed = (register: Register, name: string): Register =>
  valueOf(removeNode(register, { name: name as Hostname, reason: 'left' }, act)).register;

describe('without a token', () => {
  const register = joinAll(registerWith(), ['a']);
  const other = { identityKey: keyFor('stranger') as IdentityKey };

  it.each<[string, string, How, string]>([
    ['a known node', 'a', {}, 'joined'],
    ['a newcomer', 'b', {}, 'waits: new'],
    ['a newcomer under -open', 'b', { open: true }, 'joined'],
    ['another machine of the same name', 'a', { changes: other }, 'waits: rekey'],
    ['the same under -open', 'a', { changes: other, open: true }, 'waits: rekey'],
    [
      'whoever asks for the impossible',
      'b',
      { changes: { advertise: ['::/0' as Prefix] } },
      'malformed',
    ],
    [
      'a copied machine',
      'b',
      { changes: { identityKey: requestFor('a').identityKey } },
      'key-taken',
    ],
  ])('%s', (...[, name, how, expected]) => {
    expect(kindOf(knock(register, name, how))).toBe(expected);
  });

  it('a removed identity key waits even under -open, and under any name', () => {
    const without = removed(register, 'a');
    expect(kindOf(knock(without, 'a', { open: true }))).toBe('waits: removed');
    const elsewhere = { identityKey: requestFor('a').identityKey };
    expect(kindOf(knock(without, 'c', { open: true, changes: elsewhere }))).toBe('waits: removed');
    expect(kindOf(knock(without, 'a', { open: true, changes: other }))).toBe('joined');
  });

  it('waiting changes nothing', () => {
    expect(valueOf(knock(register, 'b')).register).toBe(register);
  });
});

describe('with a token', () => {
  const register = withToken();

  it('a node is in, with its tags and what the token grants, and one use is gone', () => {
    const advertise = ['10.20.0.0/16', '10.30.0.0/16'] as Prefix[];
    const outcome = valueOf(knock(register, 'a', { tokenId: 't1', changes: { advertise } }));
    expect(nodeOf(outcome.register, 'a')).toMatchObject({
      advertised: ['10.20.0.0/16'],
      asked: { advertise },
      tags: ['dc'],
    });
    expect(tokensOf(outcome.register)).toMatchObject([{ id: 't1', nodes: ['a'] }]);
    expect(outcome.change.events).toMatchObject([{ what: 'node-joined', who: 'token t1' }]);
    expect(outcome.change.writes.map(({ table }) => table)).toContain('token');
  });

  it('of two nodes exactly one wins, and the winner is simply known when it asks again', () => {
    const won = valueOf(knock(register, 'a', { tokenId: 't1' })).register;
    expect(kindOf(knock(won, 'b', { tokenId: 't1' }))).toBe('token-used');
    const again = valueOf(knock(won, 'a', { tokenId: 't1' }));
    expect([again.kind, again.register === won]).toEqual(['joined', true]);
  });

  it('as many nodes as it says', () => {
    let grown = withToken({ uses: 2 });
    for (const name of ['a', 'b']) grown = valueOf(knock(grown, name, { tokenId: 't1' })).register;
    expect(kindOf(knock(grown, 'c', { tokenId: 't1' }))).toBe('token-used');
  });

  it.each<[string, Register, How, string]>([
    ['of nobody', register, { tokenId: 'other' }, 'token-invalid'],
    ['whose time is over', register, { tokenId: 't1', atMs: act.atMs + lifeMs }, 'token-expired'],
    [
      'taken back',
      valueOf(revokeToken(register, 't1', act)).register,
      { tokenId: 't1' },
      'token-revoked',
    ],
    ['for other names', withToken({ pattern: 'web-*' }), { tokenId: 't1' }, 'token-invalid'],
    ['under -open all the same', register, { tokenId: 'other', open: true }, 'token-invalid'],
  ])('a token %s is refused', (...[, held, how, code]) => {
    const outcome = knock(held, 'a', how);
    expect(kindOf(outcome)).toBe(code);
    expect(outcome).toMatchObject({
      refusal: { detail: expect.stringContaining('meshoverctl token create') as string },
    });
  });

  it('from before its removal a node does not come back, with a later one it does', () => {
    const joined = valueOf(knock(withToken({ uses: 5 }), 'a', { tokenId: 't1' })).register;
    const without = removed(joined, 'a');
    expect(kindOf(knock(without, 'a', { tokenId: 't1' }))).toBe('waits: removed');
    const later = { ...act, atMs: act.atMs + 1 };
    const renewed = valueOf(createToken(without, wish({ id: 't2' }), later)).register;
    const back = valueOf(knock(renewed, 'a', { tokenId: 't2', atMs: later.atMs }));
    expect(back.kind).toBe('joined');
    expect(back.register.barred.size).toBe(0);
  });
});

describe('an operator', () => {
  it('approves, with all that is asked when told so', () => {
    const request = requestFor('a', { advertise: ['10.20.0.0/16' as Prefix] });
    const plain = { request, authorise: false, tags: ['x'] };
    const approved = valueOf(approveNode(registerWith(), plain, act));
    expect(approved.node).toMatchObject({ advertised: [], tags: ['x'] });
    expect(approved.change.events).toMatchObject([{ what: 'node-approved', who: 'admin test' }]);
    const all = valueOf(approveNode(registerWith(), { ...plain, authorise: true }, act));
    expect(all.node.advertised).toEqual(['10.20.0.0/16']);
  });

  it('lets a removed node back in', () => {
    const without = removed(joinAll(registerWith(), ['a']), 'a');
    const approval = { request: requestFor('a'), authorise: false, tags: [] };
    const back = valueOf(approveNode(without, approval, act)).register;
    expect(kindOf(knock(back, 'a'))).toBe('joined');
    expect(back.barred.size).toBe(0);
  });
});

describe('another identity key for a name', () => {
  const old = generateKeyPairSync('ed25519').privateKey;
  const operator = generateKeyPairSync('ed25519').privateKey;
  const oldIdentityKey = registerKeyOf(old) as string as IdentityKey;
  const newIdentityKey = keyFor('new') as IdentityKey;
  const first = requestFor('a', { identityKey: oldIdentityKey });
  const register = valueOf(
    approveNode(registerWith(), { request: first, authorise: false, tags: [] }, act),
  ).register;
  const operated = {
    ...register,
    settings: {
      ...register.settings,
      operatorKeys: [registerKeyOf(operator) as string as OperatorKey],
    },
  };
  const request = requestFor('a', { identityKey: newIdentityKey });
  const word: Succession = {
    ...{ registerId, name: 'a' as Hostname, oldIdentityKey, newIdentityKey },
    issuedAtSeconds: 1n,
  };

  it('follows by the word of the old key; the place stays, the old key is out', () => {
    const succession = signWord(successionKind, word, old);
    const outcome = valueOf(
      knock(register, 'a', { changes: { identityKey: newIdentityKey, succession } }),
    );
    const [before, node] = [nodeOf(register, 'a')!, nodeOf(outcome.register, 'a')!];
    expect(node).toMatchObject({ asn: before.asn, identityKey: newIdentityKey, succession });
    expect(node.certificate).not.toBe(before.certificate);
    expect(lookUp(outcome.register.barred, oldIdentityKey)).toMatchObject({ name: 'a' });
    expect(outcome.change.events).toMatchObject([{ what: 'node-rekeyed' }]);
    expect(
      kindOf(
        knock(outcome.register, 'b', { open: true, changes: { identityKey: oldIdentityKey } }),
      ),
    ).toBe('waits: removed');
  });

  it.each<[string, Partial<Succession>, boolean]>([
    ['of another name', { name: 'b' as Hostname }, true],
    ['of another register', { registerId: 'f'.repeat(32) }, true],
    ['from another key', { oldIdentityKey: newIdentityKey }, true],
    ['to another key', { newIdentityKey: oldIdentityKey }, true],
    ['signed by nobody we know', {}, false],
  ])('a succession %s is refused', (_, changes, byOld) => {
    const key = byOld ? old : generateKeyPairSync('ed25519').privateKey;
    const succession = signWord(successionKind, { ...word, ...changes }, key);
    const outcome = knock(register, 'a', { changes: { identityKey: newIdentityKey, succession } });
    expect(kindOf(outcome)).toBe('malformed');
  });

  it('follows by an operator, where no operator key is in use', () => {
    const { node } = valueOf(rekeyNode(register, { request, succession: undefined }, act));
    expect([node.identityKey, node.succession]).toEqual([newIdentityKey, undefined]);
  });

  it('needs the operator key where one is in use', () => {
    expect(rekeyNode(operated, { request, succession: undefined }, act)).toMatchObject({
      refusal: { code: 'succession-needed' },
    });
    const succession = signWord(successionKind, word, operator);
    const { node } = valueOf(rekeyNode(operated, { request, succession }, act));
    expect(node.succession).toBe(succession);
  });

  it('of a name that is free is refused', () => {
    const nobody = { request: requestFor('z'), succession: undefined };
    expect(rekeyNode(register, nobody, act)).toMatchObject({ refusal: { code: 'unknown-node' } });
  });
});
