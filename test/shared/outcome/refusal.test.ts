// Refusals: closed codes.
import { expect, it } from 'vitest';
import { accepted, isRefusalCode, refusalCodes, refused } from '../../../shared/outcome/refusal.ts';

it('every code is known, and nothing else is', () => {
  expect(refusalCodes.every(isRefusalCode)).toBe(true);
  expect(['', 'Malformed', 'name-taken ', 'toString'].some(isRefusalCode)).toBe(false);
});

it('codes are words a metric label can carry, each once', () => {
  expect(refusalCodes.filter((code) => !/^[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
  expect(new Set(refusalCodes).size).toBe(refusalCodes.length);
});

it('an outcome holds a value or a refusal', () => {
  expect(accepted(1)).toEqual({ ok: true, value: 1 });
  expect(refused('forbidden', 'why')).toEqual({
    ok: false,
    refusal: { code: 'forbidden', detail: 'why' },
  });
});
