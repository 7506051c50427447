// Nodes that wait: bounded, forgotten, turned away.
import { expect, test } from 'vitest';
import { Pending, type PendingLimits, type Seen } from '../../../server/hub/pending.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { IdentityKey } from '../../../shared/address/key.ts';
import { keyFor, requestFor } from '../register/requests.ts';
import { handClock, type HandClock } from './hand-clock.ts';

const made = (limits: Partial<PendingLimits> = {}): { pending: Pending; clock: HandClock } => {
  const clock = handClock();
  return { clock, pending: new Pending(clock, limits) };
};

const see = (pending: Pending, name: string, how: { source?: string; key?: string } = {}): Seen =>
  pending.see({
    request: requestFor(name, {
      token: 'secret',
      identityKey: keyFor(how.key ?? name) as IdentityKey,
    }),
    ...{ why: 'new', address: '192.0.2.1', version: 'test' },
    source: how.source ?? '192.0.2.1',
  });

const names = (pending: Pending): readonly string[] =>
  pending.list().map(({ request }) => request.name);

test('are listed by name, each once, with when they were seen and without their token', () => {
  const { pending, clock } = made();
  expect([see(pending, 'b'), see(pending, 'a')]).toEqual(['first', 'first']);
  clock.advance(5000);
  expect(see(pending, 'b')).toBe('again');
  expect(names(pending)).toEqual(['a', 'b']);
  expect(pending.list()[1]).toMatchObject({ firstSeenMs: 0, lastSeenMs: 5000 });
  expect(JSON.stringify(pending.list())).not.toContain('secret');
});

test('who stops asking is forgotten after fifteen minutes', () => {
  const { pending, clock } = made();
  see(pending, 'a');
  see(pending, 'b');
  clock.advance(14 * 60_000);
  see(pending, 'b');
  clock.advance(60_000);
  expect(names(pending)).toEqual(['b']);
});

test('of too many the one that was seen longest ago is dropped', () => {
  const { pending } = made({ most: 2 });
  see(pending, 'a');
  see(pending, 'b');
  see(pending, 'a');
  see(pending, 'c');
  expect(names(pending)).toEqual(['a', 'c']);
});

test('one address cannot push the others out', () => {
  const { pending } = made({ mostOfSource: 2 });
  see(pending, 'a', { source: 'x' });
  const flood = ['b', 'c', 'd'].map((name) => see(pending, name, { source: 'y' }));
  expect(flood).toEqual(['first', 'first', 'too-many']);
  expect(see(pending, 'c', { source: 'y' })).toBe('again');
  expect(names(pending)).toEqual(['a', 'b', 'c']);
});

test('two machines may wait for one name', () => {
  const { pending } = made();
  see(pending, 'a', { key: 'one' });
  see(pending, 'a', { key: 'two' });
  expect(pending.named('a' as Hostname)).toHaveLength(2);
});

test('who is turned away is no longer listed, and stays away until it is let in after all', () => {
  const { pending } = made();
  see(pending, 'a');
  const [waiting] = pending.list();
  pending.reject(waiting!);
  expect([see(pending, 'a'), names(pending)]).toEqual(['rejected', []]);
  expect(see(pending, 'a', { key: 'other' })).toBe('first');
  expect(pending.rejected('a' as Hostname)).toHaveLength(1);
  pending.forget(waiting!.request.identityKey);
  expect(see(pending, 'a')).toBe('first');
});
