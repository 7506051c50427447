// Approval and rekeying: the fingerprint is computed here, compared by a person or a script, and never assumed.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  ApproveNodeResponse,
  ListNodesResponse,
  type RekeyNodeRequest,
} from '../../proto/gen/meshover/v1/administration.ts';
import { parseOperatorKey, type IdentityKey } from '../../shared/address/key.ts';
import { pairFingerprint, registerFingerprint } from '../../shared/trust/fingerprint.ts';
import { readWord } from '../../shared/trust/signed.ts';
import { signedFromWire, successionKind } from '../../shared/wire/signed.ts';
import { OperatedController } from '../fake/operated-controller.ts';
import { callCtl, newHome, nowMs, writeSecret, type Called, type How } from './desk.ts';

let controller: OperatedController;
const home = newHome();

const rawKey = (): Buffer =>
  Buffer.from(
    generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '',
    'base64url',
  );

const [newKey, oldKey] = [rawKey(), rawKey()];
const identity = (key: Buffer): IdentityKey => key.toString('base64') as IdentityKey;
const fingerprint = (): string => pairFingerprint(controller.registerKey, identity(newKey));

const waiting = (changes: object = {}): object => ({
  ...{
    name: 'web1',
    identityKey: newKey,
    fingerprint: fingerprint(),
    source: '[2001:db8::7]:4711',
  },
  ...{ firstSeenSeconds: BigInt(nowMs / 1000 - 65), lastSeenSeconds: BigInt(nowMs / 1000 - 2) },
  ...{ advertise: ['10.20.0.0/16'], gathering: [{ prefix: '192.0.2.0/27', preference: 10 }] },
  ...{ version: '0.1.0', why: 'new' },
  ...changes,
});

beforeAll(async () => {
  controller = await OperatedController.start();
  writeSecret(join(home, 'token'), 'the-admin-token\n');
});

beforeEach(() => {
  controller.asked.splice(0);
  controller.answers.listPending = { nodes: [waiting()] };
  controller.answers.listNodes = ListNodesResponse.fromPartial({
    nodes: [{ node: { name: 'web1', identityKey: oldKey } }],
  });
  controller.answers.approveNode = ApproveNodeResponse.fromPartial({
    node: { nodeAddresses: ['fd00::1', '10.128.0.1'] },
  });
});

afterAll(() => {
  controller.stop();
});

const ctl = (words: readonly string[], how: Partial<How> = {}): Promise<Called> =>
  callCtl([...words, '-controlserver', controller.address, '-token-file', join(home, 'token')], {
    home,
    ...how,
    environment: { MESHOVER_FINGERPRINT: registerFingerprint(controller.registerKey) },
  });

const asked = (call: string): unknown[] =>
  controller.asked.filter((each) => each.call === call).map(({ request }) => request);

test('pending shows what to compare', async () => {
  expect((await ctl(['pending'])).out).toBe(
    `NAME  FINGERPRINT                    WHY  FROM                SINCE      LAST ASKED  ADVERTISE     GATHERING
web1  ${fingerprint()}  new  [2001:db8::7]:4711  1m 5s ago  2s ago      10.20.0.0/16  192.0.2.0/27@10
`,
  );
});

test('with the right fingerprint nobody is asked', async () => {
  const typed = fingerprint().replaceAll('-', '').toLowerCase();
  const words = ['approve', 'web1', '-fingerprint', typed, '-authorise', '-tags', 'a,b'];
  const called = await ctl(words, { person: 'no' });
  expect(called).toMatchObject({ exit: 0, questions: [], err: '' });
  expect(called.out).toBe('web1 is admitted: fd00::1 10.128.0.1\n');
  expect(asked('approveNode')).toEqual([
    { name: 'web1', fingerprint: fingerprint(), authorise: true, tags: ['a', 'b'] },
  ]);
});

test('a fingerprint that none of them has is for the controller to refuse: it still knows those that were turned away', async () => {
  controller.refusals.approveNode = { code: 'fingerprint-mismatch', detail: 'another machine' };
  const called = await ctl(['approve', 'web1', '-fingerprint', 'aaaa-bbbb']);
  controller.refusals.approveNode = undefined;
  expect(called).toMatchObject({ exit: 1, out: '' });
  expect(called.err).toBe('meshoverctl: another machine (fingerprint-mismatch)\n');
  expect(asked('approveNode')).toMatchObject([{ fingerprint: 'AAAA-BBBB' }]);
});

test('two that wait for one name are told apart by their fingerprints', async () => {
  const stranger = pairFingerprint(controller.registerKey, identity(oldKey));
  const other = waiting({ identityKey: oldKey, fingerprint: stranger, source: '[2001:db8::8]:1' });
  controller.answers.listPending = { nodes: [other, waiting()] };
  const called = await ctl(['approve', 'web1'], { person: 'y' });
  expect(called).toMatchObject({ exit: 1, out: '', questions: [] });
  expect(called.err).toContain(`${stranger} from [2001:db8::8]:1, ${fingerprint()} from`);
  expect((await ctl(['approve', 'web1', '-fingerprint', fingerprint()])).exit).toBe(0);
  expect(asked('approveNode')).toMatchObject([{ fingerprint: fingerprint() }]);
});

test('without a terminal nobody is asked and nothing is approved; the command that does it is told', async () => {
  const called = await ctl(['approve', 'web1']);
  expect(called).toMatchObject({ exit: 1, out: '', questions: [] });
  expect(called.err).toContain(`meshoverctl approve web1 -fingerprint ${fingerprint()}`);
  expect(asked('approveNode')).toEqual([]);
});

test('a person sees what waits, and says yes', async () => {
  const called = await ctl(['approve', 'web1'], { person: 'y' });
  expect(called.exit).toBe(0);
  expect(called.err).toMatch(/advertise +10\.20\.0\.0\/16/);
  expect(called.questions).toEqual([`Does the log of web1 show ${fingerprint()}? [y/N] `]);
  expect(asked('approveNode')).toMatchObject([{ fingerprint: fingerprint(), authorise: false }]);
});

test.each(['', 'n', 'yes please'])('a person who says "%s" has not approved', async (person) => {
  const called = await ctl(['approve', 'web1'], { person });
  expect(called).toMatchObject({ exit: 1, out: '' });
  expect(asked('approveNode')).toEqual([]);
});

test('a controller that shows a fingerprint which its keys do not make is caught', async () => {
  const lie = pairFingerprint(controller.registerKey, identity(oldKey));
  controller.answers.listPending = { nodes: [waiting({ fingerprint: lie })] };
  const called = await ctl(['approve', 'web1', '-fingerprint', lie]);
  expect(called).toMatchObject({ exit: 1, out: '' });
  expect(called.err).toContain('do not approve anything');
  expect(asked('approveNode')).toEqual([]);
});

test('a node that does not wait', async () => {
  const called = await ctl(['approve', 'web2']);
  expect(called).toMatchObject({ exit: 1 });
  expect(called.err).toContain('meshoverctl pending lists');
});

test('rekey signs the succession here; the private half goes nowhere', async () => {
  const path = join(home, 'operator.key');
  const made = await callCtl(['operatorkey', 'create', path], { home });
  const key = parseOperatorKey(made.out.trim());
  const words = ['rekey', 'web1', '-fingerprint', fingerprint(), '-operatorkey', path];
  expect(await ctl(words)).toMatchObject({ exit: 0, out: 'web1 has a new identity key\n' });
  const [request] = asked('rekeyNode') as [RekeyNodeRequest];
  const signed = signedFromWire(request.succession);
  expect(key.ok && signed && readWord(successionKind, signed, key.value)).toEqual({
    ok: true,
    value: {
      ...{ registerId: 'f'.repeat(32), name: 'web1', issuedAtSeconds: BigInt(nowMs / 1000) },
      ...{ oldIdentityKey: identity(oldKey), newIdentityKey: identity(newKey) },
    },
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const secret = readFileSync(path, 'utf8').split('\n')[1] ?? '';
  expect(JSON.stringify(controller.asked, (_, value: unknown) => String(value))).not.toContain(
    secret,
  );
});

test('rekey signs for no key that does not wait', async () => {
  const called = await ctl(['rekey', 'web1', '-fingerprint', 'AAAA-BBBB']);
  expect(called).toMatchObject({ exit: 1, out: '' });
  expect(called.err).toContain(`waiting: ${fingerprint()}`);
  expect(asked('rekeyNode')).toEqual([]);
});

test('rekey without an operator key sends no succession', async () => {
  expect((await ctl(['rekey', 'web1', '-fingerprint', fingerprint()])).exit).toBe(0);
  expect(asked('rekeyNode')).toMatchObject([{ succession: Buffer.alloc(0) }]);
});

test.each([
  { what: 'that others read', mode: 0o644, text: undefined, reason: /chmod 600/ },
  { what: 'that is no key', mode: 0o600, text: 'garbage', reason: /no Ed25519 private key/ },
])('an operator key $what is refused before anything is asked', async (given) => {
  const path = join(home, given.what);
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(path, given.text ?? pem, { mode: given.mode });
  const called = await ctl(['rekey', 'web1', '-operatorkey', path]);
  expect(called).toMatchObject({ exit: 1, out: '' });
  expect(called.err).toMatch(given.reason);
  expect(controller.asked).toEqual([]);
});

test('rekey of a name that no node has', async () => {
  controller.answers.listNodes = { nodes: [] };
  const path = join(home, 'operator.key');
  const words = ['rekey', 'web1', '-fingerprint', fingerprint(), '-operatorkey', path];
  const called = await ctl(words);
  expect(called.err).toContain('meshoverctl approve web1');
  expect(asked('rekeyNode')).toEqual([]);
});
