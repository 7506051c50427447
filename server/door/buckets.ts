// Token buckets by key: each holds `burst` tokens and fills at `perSecond`; bounded in number.
import type { Clock } from '../../shared/clock/clock.ts';
import type { Rate } from './limits.ts';

export interface Bucket {
  /** False when it holds less; then nothing is taken. */
  take(tokens: number): boolean;
}

export type Buckets = (key: string) => Bucket;

type Time = Pick<Clock, 'now'>;

export const createBucket = (clock: Time, { burst, perSecond }: Rate): Bucket => {
  let level = burst;
  let filledAt = clock.now();
  return {
    take: (tokens) => {
      const now = clock.now();
      // A clock that was set back fills nothing.
      level = Math.min(burst, level + (Math.max(0, now - filledAt) * perSecond) / 1000);
      filledAt = now;
      if (level < tokens) return false;
      level -= tokens;
      return true;
    },
  };
};

/** Keys that are known at once; with more, strangers share the bucket of all strangers. */
const mostKeys = 65_536;

/** Two generations: a bucket that was not asked for as long as it takes to fill is full again. */
export const createBuckets = (clock: Time, rate: Rate, most = mostKeys): Buckets => {
  const lifetimeMs = (1000 * rate.burst) / rate.perSecond;
  let older = new Map<string, Bucket>();
  let newer = new Map<string, Bucket>();
  let turnedAt = clock.now();
  let crowd = createBucket(clock, rate);
  const turn = (): void => {
    const age = clock.now() - turnedAt;
    if (age >= 0 && age < lifetimeMs) return;
    older = age >= 2 * lifetimeMs ? new Map<string, Bucket>() : newer;
    newer = new Map();
    crowd = createBucket(clock, rate);
    turnedAt = clock.now();
  };
  return (key) => {
    turn();
    const known = newer.get(key) ?? older.get(key);
    if (known === undefined && newer.size >= most) return crowd;
    const bucket = known ?? createBucket(clock, rate);
    newer.set(key, bucket);
    return bucket;
  };
};
