// Spoils what was good: bytes, texts, fields of messages.
import type { Random } from './fuzz.ts';

type Spoil = (random: Random, bytes: Buffer) => Buffer;

const spoils: readonly Spoil[] = [
  (random, bytes) => {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[random.below(changed.length)]! ^= 1 << random.below(8);
    return changed;
  },
  (random, bytes) => bytes.subarray(0, random.below(bytes.length)),
  (random, bytes) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([
      bytes.subarray(0, at),
      random.bytes(1 + random.below(20)),
      bytes.subarray(at),
    ]);
  },
  (random, bytes) => {
    const [from, length] = [random.below(bytes.length), random.below(30)];
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
  },
  (random, bytes) => {
    const [from, length] = [random.below(bytes.length), random.below(50)];
    const part = bytes.subarray(from, from + length);
    return Buffer.concat([bytes, ...Array<Buffer>(1 + random.below(20)).fill(part)]);
  },
  (random, bytes) => {
    const changed = Buffer.from(bytes);
    const from = random.below(changed.length);
    if (changed.length === 0) return changed;
    return changed.fill(
      random.pick([0, 0xff, 0x80, 0x7f]),
      from,
      Math.min(from + random.below(12), changed.length),
    );
  },
  (random) => random.bytes(random.below(200)),
];

/** One to four damages. */
export const spoilt = (random: Random, bytes: Buffer): Buffer => {
  let result = bytes;
  for (let i = random.below(4); i >= 0; i--) result = random.pick(spoils)(random, result);
  return result;
};

export const spoiltText = (random: Random, text: string): string =>
  spoilt(random, Buffer.from(text)).toString(random.pick(['utf8', 'latin1']));

const oddities: readonly unknown[] = [
  ...[
    '',
    '\0',
    'x'.repeat(5000),
    '../../etc/passwd',
    '__proto__',
    '%s%n',
    '\u202e',
    '::',
    '0.0.0.0/0',
  ],
  ...[0, -1, 1e308, Number.NaN, 0xffff_ffff, 2 ** 53, 0n, 2n ** 64n - 1n, true, undefined],
  ...[[], [''], {}, Buffer.alloc(0), Buffer.alloc(31), Buffer.alloc(33, 0xff), Buffer.alloc(32)],
];

/** A message with some of its fields, however deep, replaced by oddities of the same type. */
export const withOddFields = <T>(random: Random, value: T): T => {
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) {
    if (random.below(12) > 0) return value;
    const alike = oddities.filter(
      (odd) => typeof odd === typeof value && Buffer.isBuffer(odd) === Buffer.isBuffer(value),
    );
    return alike.length === 0 ? value : (random.pick(alike) as T);
  }
  if (Array.isArray(value)) {
    const items = value.map((each: unknown) => withOddFields(random, each));
    const times = random.below(8) === 0 ? random.below(200) : 1;
    return Array.from({ length: times }, () => items).flat() as T;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      random.below(20) === 0 && typeof each === 'object'
        ? undefined
        : withOddFields(random, each as unknown),
    ]),
  ) as T;
};
