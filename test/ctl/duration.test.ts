// Lengths of time as people write and read them.
import { describe, expect, test } from 'vitest';
import { parseDuration, printDuration } from '../../ctl/duration.ts';

describe('read', () => {
  test.each([
    ['90s', 90],
    ['15m', 900],
    ['1h', 3600],
    ['7d', 604_800],
    ['1h30m', 5400],
  ])('%s', (text, seconds) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: seconds });
  });

  test.each(['', '0s', '5', 'h', '5x', '1h 30m', '-1h', '1.5h', '99999d', '1h,'])(
    'not "%s"',
    (text) => {
      expect(parseDuration(text)).toMatchObject({ ok: false });
    },
  );
});

test.each([
  [0, '0s'],
  [59, '59s'],
  [60, '1m'],
  [3661, '1h 1m'],
  [90_061, '1d 1h'],
  [86_400 + 59, '1d'],
])('%i seconds are printed %s', (seconds, text) => {
  expect(printDuration(seconds)).toBe(text);
});
