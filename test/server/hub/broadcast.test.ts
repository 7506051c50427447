// What streams are told, and when: windows, resuming, slow readers, snapshots in flight.
import { beforeEach, describe, expect, test } from 'vitest';
import { Broadcast, type Listener } from '../../../server/hub/broadcast.ts';
import type { Codec } from '../../../server/hub/encoded-events.ts';
import type { Register } from '../../../server/register/register.ts';
import { removeNode } from '../../../server/register/remove.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { act, join, joinAll, registerWith, valueOf } from '../register/requests.ts';
import { handClock, type HandClock } from './hand-clock.ts';

/** Events as text, so that a test reads what was said; snapshots in chunks of two. */
const codec: Codec = {
  delta: ({ from, to, peers, tombstones }) =>
    Buffer.from(
      `${from.number}..${to.number} +${peers.map(({ name }) => name).join()} -${tombstones.map(({ name }) => name).join()}`,
    ),
  snapshot: ({ revision, peers }) =>
    Array.from({ length: Math.max(1, Math.ceil(peers.length / 2)) }, (_, i) =>
      Buffer.from(
        `${revision.number}: ${peers
          .slice(2 * i, 2 * i + 2)
          .map(({ name }) => name)
          .join()}`,
      ),
    ),
};

interface Reader extends Listener {
  readonly heard: string[];
  readonly ends: string[];
  /** Takes the message that is on its way. */
  take(): void;
}

/** Reads at once, or only when told. */
const reader = (name: string, pace: 'quick' | 'slow' = 'quick'): Reader => {
  const heard: string[] = [];
  const ends: string[] = [];
  let onItsWay: (() => void)[] = [];
  return {
    name: name as Hostname,
    heard,
    ends,
    send: (bytes, sent) => {
      heard.push(bytes.toString());
      if (pace === 'quick') sent();
      else onItsWay.push(sent);
    },
    end: (reason) => ends.push(reason),
    take: () => {
      const taken = onItsWay;
      onItsWay = [];
      for (const sent of taken) sent();
    },
  };
};

let clock: HandClock;
let register: Register;
let broadcast: Broadcast;

const open = (mostSnapshots = 32): void => {
  broadcast = new Broadcast(register, { clock, codec, mostSnapshots });
};

const admit = (name: string): void => {
  const joined = join(register, name);
  register = joined.register;
  broadcast.publish(register, joined.change);
};

const remove = (name: string): void => {
  const removed = valueOf(removeNode(register, { name: name as Hostname, reason: 'gone' }, act));
  register = removed.register;
  broadcast.publish(register, removed.change);
};

beforeEach(() => {
  clock = handClock();
  register = joinAll(registerWith(), ['a', 'b', 'c']);
  open();
});

test('a newcomer gets a snapshot in chunks', () => {
  const a = reader('a');
  broadcast.add(a, undefined);
  expect(a.heard).toEqual(['3: a,b', '3: c']);
});

test('changes of one window are one message', () => {
  const a = reader('a');
  broadcast.add(a, undefined);
  admit('d');
  clock.advance(49);
  admit('e');
  remove('d');
  expect(a.heard).toHaveLength(2);
  clock.advance(1);
  expect(a.heard.slice(2)).toEqual(['3..6 +e -d']);
});

test('a newcomer within a window waits for its end, and then knows all', () => {
  const d = reader('d');
  admit('d');
  broadcast.add(d, undefined);
  expect(d.heard).toEqual([]);
  clock.advance(50);
  expect(d.heard).toEqual(['4: a,b', '4: c,d']);
});

describe('resuming', () => {
  test.each([
    ['from now', 3n, ['3..3 + -']],
    ['from before', 1n, ['1..3 +b,c -']],
    ['from the future: a snapshot', 9n, ['3: a,b', '3: c']],
  ])('%s', (_, number, expected) => {
    const a = reader('a');
    broadcast.add(a, { ...register.revision, number });
    expect(a.heard).toEqual(expected);
  });

  test('from another epoch: a snapshot', () => {
    const a = reader('a');
    broadcast.add(a, { ...register.revision, epoch: 7n });
    expect(a.heard).toEqual(['3: a,b', '3: c']);
  });
});

test('a slow reader holds one message, and hears the rest as one', () => {
  const a = reader('a', 'slow');
  broadcast.add(a, register.revision);
  for (const name of ['d', 'e', 'f']) {
    admit(name);
    clock.advance(50);
  }
  expect(a.heard).toEqual(['3..3 + -']);
  a.take();
  expect(a.heard).toEqual(['3..3 + -', '3..6 +d,e,f -']);
});

test('a delta for many is encoded once', () => {
  let encoded = 0;
  const counting: Codec = {
    ...codec,
    delta: (delta) => {
      encoded++;
      return codec.delta(delta);
    },
  };
  broadcast = new Broadcast(register, { clock, codec: counting });
  const readers = ['a', 'b', 'c'].map((name) => reader(name));
  for (const each of readers) broadcast.add(each, register.revision);
  expect(encoded).toBe(1);
  admit('d');
  clock.advance(50);
  expect(encoded).toBe(2);
  for (const each of readers) expect(each.heard).toEqual(['3..3 + -', '3..4 +d -']);
});

test('only so many snapshots are in flight; the next begins when one is taken', () => {
  open(1);
  const [a, b, c] = [reader('a', 'slow'), reader('b', 'slow'), reader('c')];
  broadcast.add(a, undefined);
  const leaveB = broadcast.add(b, undefined);
  broadcast.add(c, undefined);
  a.take();
  expect([a.heard.length, b.heard.length, c.heard.length]).toEqual([2, 0, 0]);
  a.take();
  expect([b.heard.length, c.heard.length]).toEqual([1, 0]);
  leaveB();
  expect(c.heard).toEqual(['3: a,b', '3: c']);
});

test('who left hears nothing more', () => {
  const a = reader('a');
  const leave = broadcast.add(a, register.revision);
  expect([...broadcast.connected()]).toEqual(['a']);
  leave();
  leave();
  admit('d');
  clock.advance(50);
  expect(a.heard).toHaveLength(1);
  expect([...broadcast.connected()]).toEqual([]);
});

test('a node with two streams is connected until both are gone', () => {
  const leaves = [1, 2].map(() => broadcast.add(reader('a'), register.revision));
  leaves[0]?.();
  expect([...broadcast.connected()]).toEqual(['a']);
  leaves[1]?.();
  expect([...broadcast.connected()]).toEqual([]);
});

test('a removed node hears of its end, and then its stream ends', () => {
  const b = reader('b', 'slow');
  broadcast.add(b, register.revision);
  b.take();
  remove('b');
  clock.advance(50);
  expect(b.heard.at(-1)).toBe('3..4 + -b');
  expect(b.ends).toEqual([]);
  b.take();
  expect(b.ends).toEqual(['removed']);
});

test('closing ends every stream', () => {
  const a = reader('a');
  broadcast.add(a, undefined);
  broadcast.close();
  expect(a.ends).toEqual(['stopping']);
});

test('the window grows with the time that telling takes', () => {
  const a = reader('a');
  const slow: Listener = {
    ...a,
    send: (bytes, sent) => {
      clock.advance(400);
      a.send(bytes, sent);
    },
  };
  broadcast.add(slow, register.revision);
  admit('d');
  clock.advance(50);
  clock.advance(0);
  admit('e');
  clock.advance(399);
  expect(a.heard).toHaveLength(2);
  clock.advance(1);
  expect(a.heard).toHaveLength(3);
});

test('a removed node that does not read is cut within a second', () => {
  admit('b');
  open();
  const b = reader('b', 'slow');
  broadcast.add(b, register.revision);
  remove('b');
  clock.advance(50);
  expect(b.ends).toEqual([]);
  clock.advance(1000);
  expect(b.ends).toEqual(['removed']);
  expect(broadcast.connected().size).toBe(0);
});

test('a stream ends after about half an hour, so that its node proves anew who it is', () => {
  admit('b');
  open();
  const streams = [reader('b'), reader('b')];
  const [first] = streams.map((each) => broadcast.add(each, register.revision));
  clock.advance(27 * 60_000);
  expect(streams.map(({ ends }) => ends)).toEqual([[], []]);
  first?.();
  clock.advance(6 * 60_000);
  expect(streams.map(({ ends }) => ends)).toEqual([[], ['renew']]);
  expect(broadcast.connected().size).toBe(0);
});
