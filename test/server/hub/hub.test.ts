// The single writer: groups, durability before the answer, and what a failing disk does.
import { beforeEach, expect, test } from 'vitest';
import { Hub } from '../../../server/hub/hub.ts';
import type { RowWrite } from '../../../server/register/row.ts';
import { nodesOf } from '../../../server/register/register.ts';
import { registerFrom } from '../../../server/register/restore.ts';
import { rowsOf } from '../../../server/register/row.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { MemoryStore } from '../../fake/memory-store.ts';
import { act, joinAll, registerWith, requestFor, valueOf } from '../register/requests.ts';
import { handClock } from './hand-clock.ts';

const codec = { delta: () => Buffer.alloc(0), snapshot: () => [Buffer.alloc(0)] };
const register = joinAll(registerWith(), ['a']);

let store: MemoryStore;
let commits: (readonly RowWrite[])[];
let failure: Error | undefined;

const newHub = (changes: { open?: boolean; mostWaiting?: number } = {}): Hub =>
  new Hub({
    ...{ register, clock: handClock(), codec, open: true, key: act.key, ...changes },
    store: {
      commit: async (writes) => {
        commits.push(writes);
        if (failure !== undefined) throw failure;
        await store.commit(writes);
      },
    },
  });

beforeEach(async () => {
  store = new MemoryStore();
  await store.commit(rowsOf(register));
  commits = [];
  failure = undefined;
});

test('what waits is one commit, and the store then holds the register', async () => {
  const hub = newHub();
  const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
  const outcomes = await Promise.all(names.map((name) => hub.join(requestFor(name))));
  expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
  expect(commits).toHaveLength(1);
  const restored = valueOf(registerFrom(await store.load()));
  expect(restored && nodesOf(restored)).toEqual(nodesOf(hub.register()));
});

test('what comes while the store writes goes into the next commit', async () => {
  const hub = newHub();
  const first = hub.join(requestFor('b'));
  await Promise.resolve();
  const second = hub.join(requestFor('c'));
  await Promise.all([first, second]);
  expect(commits).toHaveLength(2);
});

test('a join that changes nothing writes nothing', async () => {
  const hub = newHub();
  expect(valueOf(await hub.join(requestFor('a'))).node.name).toBe('a');
  expect(commits).toEqual([]);
});

test('a refusal in a group does not disturb the others', async () => {
  const hub = newHub();
  const thief = { ...requestFor('a'), identityKey: requestFor('x').identityKey };
  const [refusal, good] = await Promise.all([hub.join(thief), hub.join(requestFor('b'))]);
  expect(refusal).toMatchObject({ ok: false, refusal: { code: 'name-taken' } });
  expect(good.ok).toBe(true);
});

test('when the store fails, nothing is promised and nothing has changed; the next try may succeed', async () => {
  const hub = newHub();
  failure = new Error('disk full');
  await expect(hub.join(requestFor('b'))).rejects.toThrow('disk full');
  expect(hub.register()).toBe(register);
  failure = undefined;
  expect((await hub.join(requestFor('b'))).ok).toBe(true);
});

test('too many waiting requests are refused, not kept', async () => {
  const hub = newHub({ mostWaiting: 2 });
  const outcomes = await Promise.all(['b', 'c', 'd'].map((name) => hub.join(requestFor(name))));
  expect(outcomes[2]).toMatchObject({ ok: false, refusal: { code: 'overloaded' } });
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(2);
});

test('without -open a newcomer is refused, also in a dry run; a known node is not', async () => {
  const hub = newHub({ open: false });
  const refusal = { ok: false, refusal: { code: 'not-admitted' } };
  expect(await hub.join(requestFor('b'))).toMatchObject(refusal);
  expect(hub.tryJoin(requestFor('b'))).toMatchObject(refusal);
  expect((await hub.join(requestFor('a'))).ok).toBe(true);
});

test('removing forgets the report too', async () => {
  const hub = newHub();
  const name = 'a' as Hostname;
  hub.report(name, {
    ...{ desired: undefined, applied: undefined, failedSteps: 0, failure: '', links: [] },
    ...{ frrBackend: '', frrVersion: '', programVersion: '' },
  });
  expect(hub.reports().get(name)?.atMs).toBe(0);
  await hub.remove({ name, reason: 'gone' });
  expect([...hub.reports()]).toEqual([]);
  expect(await hub.remove({ name, reason: 'gone' })).toMatchObject({
    refusal: { code: 'unknown-node' },
  });
});

test('closing waits until what was asked is durable', async () => {
  const hub = newHub();
  const joined = hub.join(requestFor('b'));
  await hub.close();
  expect(commits).toHaveLength(1);
  expect((await joined).ok).toBe(true);
  const late = await hub.join(requestFor('c'));
  expect(late).toMatchObject({ ok: false, refusal: { code: 'overloaded' } });
  expect(commits).toHaveLength(1);
});
