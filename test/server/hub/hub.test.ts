// The single writer: groups, durability before the answer, and what a failing disk does.
import { beforeEach, expect, test } from 'vitest';
import { Hub } from '../../../server/hub/hub.ts';
import type { RowWrite } from '../../../server/register/row.ts';
import { nodesOf } from '../../../server/register/register.ts';
import { registerFrom } from '../../../server/register/restore.ts';
import { rowsOf } from '../../../server/register/row.ts';
import { silentLog } from '../../../shared/log/log.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { createAdministrator } from '../../../server/register/administrator.ts';
import { joinNode, type Joined } from '../../../server/register/join.ts';
import { removeNode } from '../../../server/register/remove.ts';
import type { Outcome } from '../../../shared/outcome/refusal.ts';
import { MemoryStore } from '../../fake/memory-store.ts';
import { act, joinAll, opened, registerWith, requestFor, valueOf } from '../register/requests.ts';
import { handClock } from './hand-clock.ts';

const codec = { delta: () => Buffer.alloc(0), snapshot: () => [Buffer.alloc(0)] };
const register = { ...joinAll(registerWith(), ['a']), lastEvent: 0n };

let store: MemoryStore;
let commits: (readonly RowWrite[])[];
let failure: Error | undefined;

const newHub = (changes: { mostWaiting?: number } = {}): Hub =>
  new Hub({
    ...{ register, clock: handClock(), codec, key: act.key, log: silentLog, ...changes },
    store: {
      commit: async (writes, events) => {
        commits.push(writes);
        if (failure !== undefined) throw failure;
        await store.commit(writes, events);
      },
    },
  });

const joinIn = (hub: Hub, name: string): Promise<Outcome<Joined>> =>
  hub.write((held) => joinNode(held, requestFor(name), opened));

beforeEach(async () => {
  store = new MemoryStore();
  await store.commit(rowsOf(register), []);
  commits = [];
  failure = undefined;
});

test('what waits is one commit, and the store then holds the register', async () => {
  const hub = newHub();
  const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
  const outcomes = await Promise.all(names.map((name) => joinIn(hub, name)));
  expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
  expect(commits).toHaveLength(1);
  const restored = valueOf(registerFrom(await store.load()));
  expect(restored && nodesOf(restored)).toEqual(nodesOf(hub.register()));
});

test('what comes while the store writes goes into the next commit', async () => {
  const hub = newHub();
  const first = joinIn(hub, 'b');
  await Promise.resolve();
  const second = joinIn(hub, 'c');
  await Promise.all([first, second]);
  expect(commits).toHaveLength(2);
});

test('a join that changes nothing writes nothing', async () => {
  const hub = newHub();
  expect(valueOf(await joinIn(hub, 'a')).node.name).toBe('a');
  expect(commits).toEqual([]);
});

test('a refusal in a group does not disturb the others', async () => {
  const hub = newHub();
  const thief = { ...requestFor('a'), identityKey: requestFor('x').identityKey };
  const [refusal, good] = await Promise.all([
    hub.write((held) => joinNode(held, thief, opened)),
    joinIn(hub, 'b'),
  ]);
  expect(refusal).toMatchObject({ ok: false, refusal: { code: 'name-taken' } });
  expect(good.ok).toBe(true);
});

test('when the store fails, nothing is promised and nothing has changed; the next try may succeed', async () => {
  const hub = newHub();
  failure = new Error('disk full');
  await expect(joinIn(hub, 'b')).rejects.toThrow('disk full');
  expect(hub.register()).toBe(register);
  failure = undefined;
  expect((await joinIn(hub, 'b')).ok).toBe(true);
});

test('too many waiting requests are refused, not kept', async () => {
  const hub = newHub({ mostWaiting: 2 });
  const outcomes = await Promise.all(['b', 'c', 'd'].map((name) => joinIn(hub, name)));
  expect(outcomes[2]).toMatchObject({ ok: false, refusal: { code: 'overloaded' } });
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(2);
});

test('a change that peers may not see is kept, but makes no revision', async () => {
  const hub = newHub();
  const told: string[] = [];
  const stop = hub.onEvents((events) => told.push(...events.map(({ what }) => what)));
  const wish = { name: 'ann', role: 'viewer', tokenHash: '0'.repeat(64) } as const;
  await hub.write((held) => createAdministrator(held, wish, act));
  stop();
  await joinIn(hub, 'b');
  expect(told).toEqual(['administrator-created']);
  expect(store.events.map(({ number, what }) => [number, what])).toEqual([
    [1n, 'administrator-created'],
    [2n, 'node-joined'],
  ]);
  expect(hub.register().revision.number).toBe(register.revision.number + 1n);
});

test('removing forgets the report too', async () => {
  const hub = newHub();
  const name = 'a' as Hostname;
  hub.report(name, {
    ...{ desired: undefined, applied: undefined, failedSteps: 0, failure: '', links: [] },
    ...{ frrBackend: '', frrVersion: '', programVersion: '' },
  });
  expect(hub.reports().get(name)?.atMs).toBe(0);
  await hub.write((held) => removeNode(held, { name, reason: 'gone' }, act));
  expect([...hub.reports()]).toEqual([]);
  expect(await hub.write((held) => removeNode(held, { name, reason: 'gone' }, act))).toMatchObject({
    refusal: { code: 'unknown-node' },
  });
});

test('closing waits until what was asked is durable', async () => {
  const hub = newHub();
  const joined = joinIn(hub, 'b');
  await hub.close();
  expect(commits).toHaveLength(1);
  expect((await joined).ok).toBe(true);
  const late = await joinIn(hub, 'c');
  expect(late).toMatchObject({ ok: false, refusal: { code: 'overloaded' } });
  expect(commits).toHaveLength(1);
});
