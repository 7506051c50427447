// Results of reading.
import { describe, expect, it } from 'vitest';
import {
  allParsed,
  malformed,
  parseAll,
  parsed,
  type Parsed,
} from '../../../shared/outcome/parsed.ts';

const even = (value: number): Parsed<number> =>
  value % 2 === 0 ? parsed(value / 2) : malformed(`${value} is odd`);

describe('parseAll', () => {
  it('reads every item in order', () => {
    expect(parseAll([4, 2], even)).toEqual({ ok: true, value: [2, 1] });
  });

  it('of nothing is nothing', () => {
    expect(parseAll([], even)).toEqual({ ok: true, value: [] });
  });

  it('reports the first fault', () => {
    expect(parseAll([2, 3, 5], even)).toEqual({ ok: false, reason: '3 is odd' });
  });
});

describe('allParsed', () => {
  it('unwraps every field', () => {
    expect(allParsed({ a: even(2), b: parsed('x') }, 'thing')).toEqual({
      ok: true,
      value: { a: 1, b: 'x' },
    });
  });

  it('reports the first fault and whose it is', () => {
    expect(allParsed({ a: even(2), b: even(3), c: even(5) }, 'thing')).toEqual({
      ok: false,
      reason: 'thing: 3 is odd',
    });
  });

  it('leaves the fault as it is where nobody is named', () => {
    expect(allParsed({ a: even(3) })).toEqual({ ok: false, reason: '3 is odd' });
  });
});
