// Token buckets: a burst, then a rate, and no unbounded memory of who came.
import { expect, test } from 'vitest';
import { createBucket, createBuckets } from '../../../server/door/buckets.ts';
import { handClock } from '../hub/hand-clock.ts';

const rate = { burst: 3, perSecond: 2 };
let stranger = 0;
const taken = (take: () => boolean, times: number): number =>
  Array.from({ length: times }, take).filter(Boolean).length;

test('a burst, then as many as come back', () => {
  const clock = handClock();
  const bucket = createBucket(clock, rate);
  expect(taken(() => bucket.take(1), 10)).toBe(3);
  clock.advance(1000);
  expect(taken(() => bucket.take(1), 10)).toBe(2);
  clock.advance(60_000);
  expect(taken(() => bucket.take(1), 10)).toBe(3);
});

test('more than is there takes nothing', () => {
  const bucket = createBucket(handClock(), rate);
  expect(bucket.take(4)).toBe(false);
  expect(bucket.take(3)).toBe(true);
});

test('a clock that was set back fills nothing and blocks nobody for ever', () => {
  let now = 1_000_000;
  const bucket = createBucket({ now: () => now }, rate);
  expect(taken(() => bucket.take(1), 10)).toBe(3);
  now = 0;
  expect(bucket.take(1)).toBe(false);
  now = 1000;
  expect(taken(() => bucket.take(1), 10)).toBe(2);
});

test('each key has its own; a busy one stays empty over the generations', () => {
  const clock = handClock();
  const buckets = createBuckets(clock, rate);
  expect(taken(() => buckets('a').take(1), 10)).toBe(3);
  expect(buckets('b').take(1)).toBe(true);
  for (let i = 0; i < 10; i++) {
    clock.advance(1000);
    expect(taken(() => buckets('a').take(1), 10)).toBe(2);
  }
});

test('past the known keys strangers share one bucket, and the known keep theirs', () => {
  const buckets = createBuckets(handClock(), rate, 2);
  expect(buckets('a').take(3)).toBe(true);
  expect(buckets('b').take(1)).toBe(true);
  expect(taken(() => buckets(`x${String(stranger++)}`).take(1), 10)).toBe(3);
  expect(buckets('b').take(2)).toBe(true);
});
