// meshoverctl's commands of trust against a real controller that admits nobody by itself.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Membership, type JoinResponse } from '../../proto/gen/meshover/v1/joining.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import { pairFingerprint } from '../../shared/trust/fingerprint.ts';
import { callCtl, newHome, writeSecret, type Called, type How } from '../ctl/desk.ts';
import { newStateDir, startController, type Controller } from './controller.ts';
import { MeshNode } from './node.ts';

let controller: Controller;
let registerKey: string;
const home = newHome();
const operatorKey = join(home, 'operator.key');

const ctl = (
  words: readonly string[],
  how: Partial<How> & { token?: string } = {},
): Promise<Called> =>
  callCtl(
    [
      ...[...words, '-controlserver', controller.address, '-statedir', controller.stateDir],
      ...(how.token === undefined ? [] : ['-token-file', how.token]),
    ],
    { home, ...how },
  );

const done = async (words: readonly string[]): Promise<string> => {
  const called = await ctl(words);
  expect({ exit: called.exit, err: called.err }).toMatchObject({ exit: 0 });
  return called.out;
};

const listed = async <T>(words: readonly string[]): Promise<T> =>
  JSON.parse(await done([...words, '-o', 'json'])) as T;

beforeAll(async () => {
  const made = await callCtl(['operatorkey', 'create', operatorKey], { home });
  controller = await startController(newStateDir(), ['-operatorkey', made.out.trim()]);
  registerKey = (await listed<{ registerKey: string }>(['whoami'])).registerKey;
});

afterAll(() => controller.stop());

const fingerprintOf = (node: MeshNode): string => {
  const { x = '' } = node.identity.publicKey.export({ format: 'jwk' });
  const identity = Buffer.from(x, 'base64url').toString('base64') as IdentityKey;
  return pairFingerprint(registerKey as Parameters<typeof pairFingerprint>[0], identity);
};

const waiting = async (node: MeshNode, changes: object = {}): Promise<JoinResponse> => {
  const answer = await node.join(controller, changes);
  expect(answer.membership).toBe(Membership.MEMBERSHIP_PENDING);
  return answer;
};

const admitted = async (node: MeshNode, changes: object = {}): Promise<JoinResponse> => {
  const answer = await node.join(controller, changes);
  expect(answer.membership).toBe(Membership.MEMBERSHIP_ADMITTED);
  return answer;
};

const newToken = async (flags: readonly string[] = []): Promise<string> =>
  (await done(['token', 'create', ...flags])).trim();

interface Tokens {
  readonly tokens: readonly {
    readonly id: string;
    readonly label?: string;
    readonly state: string;
    readonly nodes: readonly string[];
  }[];
}

test('a token lets one node in, and grants what it was made with', async () => {
  const token = await newToken(['-label', 'one', '-advertise', '10.20.0.0/16', '-tags', 'web']);
  const asks = { token, advertise: ['10.20.0.0/16', '10.21.0.0/16'] };
  const answer = await admitted(new MeshNode('t1'), asks);
  expect(answer).toMatchObject({
    ...{ self: { advertised: ['10.20.0.0/16'] }, unauthorisedAdvertise: ['10.21.0.0/16'] },
  });
  await expect(new MeshNode('t2').join(controller, { token })).rejects.toThrow(/used up/);
  const { tokens } = await listed<Tokens>(['token', 'list']);
  expect(tokens).toMatchObject([{ label: 'one', state: 'used', nodes: ['t1'] }]);
  expect(JSON.stringify(tokens)).not.toContain(token);
});

test('a revoked token lets nobody in', async () => {
  const token = await newToken(['-label', 'lost']);
  const { tokens } = await listed<Tokens>(['token', 'list']);
  await done(['token', 'revoke', tokens.find(({ label }) => label === 'lost')?.id ?? '']);
  await expect(new MeshNode('t3').join(controller, { token })).rejects.toThrow(/taken back/);
  const again = await ctl(['token', 'revoke', 'nonsense']);
  expect(again).toMatchObject({ exit: 1, out: '' });
  expect(again.err).toContain('unknown-token');
});

test('a waiting node is approved by the fingerprint that both sides show', async () => {
  const node = new MeshNode('p1');
  await waiting(node, { advertise: ['10.30.0.0/16'] });
  const { nodes } = await listed<{ nodes: readonly object[] }>(['pending']);
  expect(nodes).toMatchObject([{ name: 'p1', fingerprint: fingerprintOf(node), why: 'new' }]);
  expect((await ctl(['approve', 'p1'])).err).toContain(fingerprintOf(node));
  const wrong = await ctl(['approve', 'p1', '-fingerprint', fingerprintOf(new MeshNode('x'))]);
  expect(wrong.exit).toBe(1);
  await waiting(node, { advertise: ['10.30.0.0/16'] });
  await done(['approve', 'p1', '-fingerprint', fingerprintOf(node), '-authorise', '-tags', 'db']);
  const answer = await admitted(node, { advertise: ['10.30.0.0/16'] });
  expect(answer.self).toMatchObject({ advertised: ['10.30.0.0/16'] });
  expect(await listed(['nodes'])).toMatchObject({
    nodes: expect.arrayContaining([expect.objectContaining({ tags: ['db'] })]) as unknown,
  });
});

test('a rejected node is told so', async () => {
  const node = new MeshNode('r1');
  await waiting(node);
  await done(['reject', 'r1', '-fingerprint', fingerprintOf(node)]);
  expect(await listed(['pending'])).toEqual({ nodes: [] });
  await expect(node.join(controller)).rejects.toThrow(/reject|turned/);
  expect((await ctl(['reject', 'r1'])).err).toContain('not-waiting');
});

test('authorise grants and withdraws, and a peer hears of it', async () => {
  const [a, b] = [new MeshNode('a1'), new MeshNode('a2')];
  const token = await newToken(['-uses', '2', '-hostname', 'a?']);
  await admitted(a, { token, advertise: ['10.40.0.0/16'] });
  await admitted(b, { token });
  await b.watch(controller);
  await b.until(() => b.peers.get('a1')?.advertised.length === 0);
  expect(await done(['authorisations'])).toMatch(/^a1 .* 10\.40\.0\.0\/16$/m);
  await done(['authorise', 'a1', '-advertise', '10.40.0.0/16']);
  await b.until(() => b.peers.get('a1')?.advertised[0] === '10.40.0.0/16');
  await done(['authorise', 'a1', '-advertise', '10.40.0.0/16', '-withdraw']);
  await b.until(() => b.peers.get('a1')?.advertised.length === 0);
  b.leave();
});

test('rekey: the place stays, and peers get the word of the operator key', async () => {
  const [old, peer] = [new MeshNode('k1'), new MeshNode('k2')];
  const token = await newToken(['-uses', '2']);
  const before = await admitted(old, { token });
  await admitted(peer, { token });
  const lost = new MeshNode('k1');
  await expect(lost.join(controller)).rejects.toThrow(
    `rekey k1 -fingerprint ${fingerprintOf(lost)}`,
  );
  expect(await listed(['pending'])).toMatchObject({ nodes: [{ name: 'k1', why: 'rekey' }] });
  const words = ['rekey', 'k1', '-fingerprint', fingerprintOf(lost)];
  expect((await ctl(words)).err).toContain('succession-needed');
  await done([...words, '-operatorkey', operatorKey]);
  const after = await admitted(lost);
  expect(after.self).toMatchObject({
    asn: before.self?.asn,
    nodeAddresses: before.self?.nodeAddresses,
  });
  await peer.watch(controller);
  await peer.until(() => (peer.peers.get('k1')?.succession.length ?? 0) > 0);
  peer.leave();
});

test('administrators: a viewer looks, an operator works, a revoked one is nobody', async () => {
  const tokenOf = async (name: string, role: string): Promise<string> =>
    writeSecret(join(home, name), await done(['admin', 'create', name, '-role', role]));
  const viewer = await tokenOf('vera', 'viewer');
  const operator = await tokenOf('otto', 'operator');
  expect((await ctl(['whoami'], { token: viewer })).out).toMatch(/vera\nrole +viewer/);
  const looked = await ctl(['nodes'], { token: viewer });
  expect(looked.exit).toBe(0);
  const forbidden = await ctl(['remove', 't1'], { token: viewer });
  expect(forbidden).toMatchObject({ exit: 1, out: '' });
  expect(forbidden.err).toContain('forbidden');
  expect((await ctl(['admin', 'create', 'eve', '-role', 'admin'], { token: operator })).exit).toBe(
    1,
  );
  expect((await ctl(['remove', 't1'], { token: operator })).exit).toBe(0);
  expect(await done(['admin', 'list'])).toMatch(/^otto +operator /m);
  await done(['admin', 'revoke', 'otto']);
  const revoked = await ctl(['nodes'], { token: operator });
  expect(revoked).toMatchObject({ exit: 1, out: '' });
  expect(revoked.err).toContain('unauthenticated');
});

interface Told {
  readonly what: string;
  readonly subject: string;
  readonly who: string;
}

const eventsIn = (out: string): readonly Told[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);

test('every change is in the events, with who made it, and new ones are followed', async () => {
  const all = eventsIn(await done(['events', '-o', 'json']));
  for (const what of ['token-created', 'node-approved', 'authorised', 'node-rekeyed'])
    expect(all.map((event) => event.what)).toContain(what);
  expect(all).toContainEqual(
    expect.objectContaining({ what: 'node-removed', subject: 't1', who: 'admin otto' }),
  );
  expect(eventsIn(await done(['events', '-last', '2', '-o', 'json']))).toHaveLength(2);
  const stop = new AbortController();
  let seen = '';
  const following = ctl(['events', '-follow', '-last', '1', '-o', 'json'], {
    stop: stop.signal,
    seen: (text) => {
      seen += text;
    },
  });
  await vi.waitFor(() => {
    expect(seen).not.toBe('');
  });
  await done(['remove', 'a1', '-reason', 'sold']);
  await vi.waitFor(() => {
    expect(eventsIn(seen).at(-1)).toMatchObject({ what: 'node-removed', subject: 'a1' });
  });
  stop.abort();
  expect(await following).toMatchObject({ exit: 0, err: '' });
});
