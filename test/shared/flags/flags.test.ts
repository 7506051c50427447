// Go-style flags, good and bad.
import { describe, expect, test } from 'vitest';
import { parseFlags, type Flags } from '../../../shared/flags/flags.ts';
import { helpFor } from '../../../shared/flags/help.ts';

const table = {
  listen: {
    help: 'where to listen',
    default: '[::]:12384',
    placeholder: 'HOST:PORT',
    bare: '[::]:12384',
  },
  statedir: { help: 'state', default: '/var/lib/x', placeholder: 'DIR' },
  open: { help: 'admit all', kind: 'switch' },
} as const;

const parse = (
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Flags<typeof table> => parseFlags(table, { argv, environment });

const valuesOf = (...argv: string[]): unknown => {
  const flags = parse(argv);
  return flags.ok ? flags.values : flags.complaints;
};

const defaults = { listen: '[::]:12384', statedir: '/var/lib/x', open: false };

describe('good command lines', () => {
  test('nothing gives the defaults', () => {
    expect(valuesOf()).toEqual(defaults);
  });
  test.each([
    [['-statedir', '/a']],
    [['-statedir=/a']],
    [['--statedir', '/a']],
    [['--statedir=/a']],
  ])('%j', (argv) => {
    expect(valuesOf(...argv)).toEqual({ ...defaults, statedir: '/a' });
  });
  test('a switch alone, and switched off', () => {
    expect(valuesOf('-open')).toEqual({ ...defaults, open: true });
    expect(valuesOf('-open=false')).toEqual(defaults);
  });
  test('-listen alone, last or before another flag', () => {
    expect(valuesOf('-listen')).toEqual(defaults);
    expect(valuesOf('-listen', '-open')).toEqual({ ...defaults, open: true });
  });
  test('the environment stands below the command line', () => {
    const environment = { MESHOVER_STATEDIR: '/env', MESHOVER_OPEN: 'true' };
    expect(parse(['-statedir', '/argv'], environment)).toMatchObject({
      ok: true,
      values: { statedir: '/argv', open: true },
    });
  });
  test('words are kept where they are allowed', () => {
    const line = { argv: ['remove', '-open', 'alpha'], environment: {}, mostWords: 2 };
    expect(parseFlags(table, line)).toMatchObject({ ok: true, rest: ['remove', 'alpha'] });
  });
});

describe('bad command lines', () => {
  test.each([
    ['a misspelt flag', ['-statdir', '/a'], 'unknown flag -statdir (did you mean -statedir?)'],
    ['an unknown flag', ['-frobnicate'], 'unknown flag -frobnicate; -help lists all'],
    ['a prototype name', ['-constructor'], 'unknown flag -constructor'],
    ['a missing value', ['-statedir'], '-statedir needs a value, for example /var/lib/x'],
    ['a flag for a value', ['-statedir', '-open'], '-statedir needs a value'],
    ['a leftover word', ['here'], '"here" is no flag'],
    ['a flag twice', ['-statedir', '/a', '-statedir', '/b'], '-statedir is given twice'],
    ['a word for a switch', ['-open=maybe'], '-open: "maybe" is neither true nor false'],
  ])('%s', (_, argv, complaint) => {
    const flags = parse(argv);
    expect(flags.ok ? [] : flags.complaints).toHaveLength(1);
    expect(flags.ok ? '' : flags.complaints[0]).toContain(complaint);
  });
});

test('the help names every flag with its default', () => {
  const text = helpFor(table, { usage: 'usage: x', purpose: 'Does x.' });
  expect(text).toContain('-listen HOST:PORT\n        where to listen (default [::]:12384)');
  expect(text).toContain('-open\n        admit all\n');
});
