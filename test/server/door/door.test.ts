// Who is let in, who is cut and when: with connections that only pretend.
import { expect, test } from 'vitest';
import { Door, type Cut } from '../../../server/door/door.ts';
import { usualLimits, type DoorLimits } from '../../../server/door/limits.ts';
import type { Connection } from '../../../server/door/visitor.ts';
import { handClock, type HandClock } from '../hub/hand-clock.ts';

class Pretended implements Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  bytesRead = 0;
  open = true;

  constructor(remoteAddress: string, remotePort: number) {
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  destroy(): void {
    this.open = false;
  }

  resetAndDestroy(): void {
    this.open = false;
  }
}

let port = 1;
const from = (address: string): Pretended => new Pretended(address, port++);

interface Scene {
  readonly clock: HandClock;
  readonly door: Door;
  readonly cuts: Cut[];
}

const sceneOf = (limits: Partial<DoorLimits> = {}): Scene => {
  const clock = handClock();
  const cuts: Cut[] = [];
  const onCut = (cut: Cut): void => {
    cuts.push(cut);
  };
  return {
    clock,
    cuts,
    door: new Door({ clock, limits: { ...usualLimits.door, ...limits }, onCut }),
  };
};

test('one source has its share; another is let in; what left makes place', () => {
  const { door, cuts } = sceneOf({ mostUnprovenPerSource: 2 });
  const first = door.enter(from('192.0.2.1'));
  door.enter(from('::ffff:192.0.2.1'));
  expect(door.enter(from('192.0.2.1'))).toBeUndefined();
  expect(cuts).toEqual(['source-too-many']);
  expect(door.enter(from('192.0.2.2'))).toBeDefined();
  door.leave(first!);
  expect(door.enter(from('192.0.2.1'))).toBeDefined();
});

test('an IPv6 host with many addresses is one source', () => {
  const { door } = sceneOf({ mostUnprovenPerSource: 2 });
  door.enter(from('2001:db8::1'));
  door.enter(from('2001:db8::2'));
  expect(door.enter(from('2001:db8::3'))).toBeUndefined();
  expect(door.enter(from('2001:db8:0:1::3'))).toBeDefined();
});

test('proven connections count less, but have an end too', () => {
  const { door } = sceneOf({ mostUnprovenPerSource: 1, mostPerSource: 3 });
  for (let i = 0; i < 3; i++) {
    const visitor = door.enter(from('192.0.2.1'));
    door.answered(visitor!);
  }
  expect(door.enter(from('192.0.2.1'))).toBeUndefined();
});

test('one that comes and goes too often is turned away for a while', () => {
  const { door, clock, cuts } = sceneOf({ arrivals: { burst: 3, perSecond: 1 } });
  const come = (): boolean => {
    const visitor = door.enter(from('192.0.2.1'));
    if (visitor !== undefined) door.leave(visitor);
    return visitor !== undefined;
  };
  expect([come(), come(), come(), come()]).toEqual([true, true, true, false]);
  expect(cuts).toEqual(['source-too-fast']);
  clock.advance(1000);
  expect(come()).toBe(true);
});

test('loopback counts in the totals only', () => {
  const { door } = sceneOf({ mostUnprovenPerSource: 1, mostPerSource: 1 });
  const entered = Array.from({ length: 50 }, () => door.enter(from('::1')));
  expect(entered.every((visitor) => visitor !== undefined)).toBe(true);
  expect(door.connections).toBe(50);
});

test('silent ones push the oldest silent one out, never one that spoke', () => {
  const { door } = sceneOf({ mostSilent: 2 });
  const honest = from('192.0.2.1');
  expect(door.speaks(door.enter(honest)!)).toBe(true);
  const silent = [1, 2, 3, 4].map((i) => from(`198.51.100.${String(i)}`));
  for (const each of silent) expect(door.enter(each)).toBeDefined();
  expect(silent.map((each) => each.open)).toEqual([false, false, true, true]);
  expect(honest.open).toBe(true);
});

test('where all places of speakers are taken, newcomers wait until the oldest had its time', () => {
  const { door, clock } = sceneOf({ mostSpeaking: 1, graceMs: 3000 });
  const [first, second, third] = [from('192.0.2.1'), from('192.0.2.2'), from('192.0.2.3')];
  expect(door.speaks(door.enter(first)!)).toBe(true);
  expect(door.speaks(door.enter(second)!)).toBe(false);
  clock.advance(3000);
  expect(door.speaks(door.enter(third)!)).toBe(true);
  expect([first.open, second.open, third.open]).toEqual([false, false, true]);
});

test('with all places taken by proven ones nobody else comes in, and none of them goes', () => {
  const { door, cuts } = sceneOf({ most: 2 });
  for (const address of ['192.0.2.1', '192.0.2.2']) door.answered(door.enter(from(address))!);
  expect(door.enter(from('192.0.2.3'))).toBeUndefined();
  expect(cuts).toEqual(['too-many']);
  expect(door.connections).toBe(2);
});

test.each<[Cut, (scene: Scene, socket: Pretended) => void]>([
  [
    'silent',
    ({ clock }) => {
      clock.advance(6000);
    },
  ],
  [
    'unproven',
    ({ clock, door }, socket) => {
      door.speaks(door.visitor(socket)!);
      clock.advance(21_000);
    },
  ],
  [
    'too-much',
    ({ clock, door }, socket) => {
      door.speaks(door.visitor(socket)!);
      socket.bytesRead = 200_000;
      clock.advance(300);
    },
  ],
  [
    'idle',
    ({ clock, door }, socket) => {
      const visitor = door.visitor(socket)!;
      door.answered(visitor);
      door.ended(visitor);
      clock.advance(35_000);
    },
  ],
  [
    'too-much',
    ({ clock, door }, socket) => {
      door.answered(door.visitor(socket)!);
      socket.bytesRead = 20_000_000;
      clock.advance(3000);
    },
  ],
])('it is cut: %s', (cut, spoil) => {
  const scene = sceneOf();
  const socket = from('192.0.2.1');
  scene.door.enter(socket);
  spoil(scene, socket);
  expect({ open: socket.open, cuts: scene.cuts, left: scene.door.connections }).toEqual({
    open: false,
    cuts: [cut],
    left: 0,
  });
});

test('a node with an open call stays for days, and may send what reports need', () => {
  const { door, clock, cuts } = sceneOf();
  const socket = from('192.0.2.1');
  door.answered(door.enter(socket)!);
  for (let hour = 0; hour < 48; hour++) {
    socket.bytesRead += 4_000_000;
    clock.advance(3_600_000);
  }
  expect({ open: socket.open, cuts }).toEqual({ open: true, cuts: [] });
});
