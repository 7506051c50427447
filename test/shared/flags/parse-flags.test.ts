// Flags: every way to write them, and every way to get them wrong.
import { describe, expect, test } from 'vitest';
import type { FlagTable } from '../../../shared/flags/flag-spec.ts';
import { helpText } from '../../../shared/flags/help-text.ts';
import { parseFlags } from '../../../shared/flags/parse-flags.ts';

const table = {
  listen: {
    kind: 'text',
    help: 'Where to listen.',
    shows: 'ADDRESS:PORT',
    default: '[::]:12384',
    bare: '[::]:12384',
  },
  statedir: { kind: 'text', help: 'Where state is kept.', default: '/var/lib/x' },
  gathering: { kind: 'list', help: 'Ranges.', shows: 'CIDR,…' },
  open: { kind: 'switch', help: 'Admit everybody.' },
} as const satisfies FlagTable;

const parse = (argv: readonly string[], environment: Record<string, string> = {}) =>
  parseFlags(table, { argv, environment });

const defaults = { listen: '[::]:12384', statedir: '/var/lib/x', gathering: [], open: false };

describe('good flags', () => {
  test.each([
    [[], {}],
    [['-statedir', '/a'], { statedir: '/a' }],
    [['-statedir=/a'], { statedir: '/a' }],
    [['--statedir', '/a'], { statedir: '/a' }],
    [['--statedir=/a=b'], { statedir: '/a=b' }],
    [['-statedir', '-odd'], { statedir: '-odd' }],
    [['-open'], { open: true }],
    [['-open=false'], { open: false }],
    [['-listen'], {}],
    [['-listen', '-open'], { open: true }],
    [['-listen', '[::1]:1'], { listen: '[::1]:1' }],
    [['-gathering', 'a,b', '-gathering=c'], { gathering: ['a', 'b', 'c'] }],
    [['-gathering='], { gathering: [] }],
  ])('%j', (argv, expected) => {
    expect(parse(argv)).toEqual({ ok: true, values: { ...defaults, ...expected }, rest: [] });
  });

  test('the environment stands in, the command line wins', () => {
    const environment = { MESHOVER_STATEDIR: '/e', MESHOVER_OPEN: '1' };
    expect(parse(['-statedir', '/a'], environment)).toEqual({
      ok: true,
      values: { ...defaults, statedir: '/a', open: true },
      rest: [],
    });
  });

  test('arguments are handed back where a program takes them', () => {
    const result = parseFlags(table, {
      argv: ['nodes', '-open', 'x'],
      environment: {},
      takesArguments: true,
    });
    expect(result).toMatchObject({ ok: true, rest: ['nodes', 'x'] });
  });
});

describe('wrong flags', () => {
  test.each([
    [['-lisen', 'x'], /no flag -lisen; did you mean -listen\?/],
    [['-xyzzy'], /no flag -xyzzy; -help lists/],
    [['-toString'], /no flag -toString/],
    [['-statedir'], /-statedir needs a value/],
    [['-statedir', '-open'], /-statedir needs a value/],
    [['-statedir', 'a', '-statedir', 'b'], /-statedir is given twice/],
    [['-open=maybe'], /-open is either true or false, not "maybe"/],
    [['stray'], /"stray" is left over/],
    [['-open', 'false'], /"false" is left over/],
    [['-'], /"-" is left over/],
  ])('%j', (argv, expected) => {
    const result = parse(argv);
    expect(result.ok).toBe(false);
    expect(result.ok ? '' : result.complaints.join('\n')).toMatch(expected);
  });

  test('a wrong environment variable is named', () => {
    const result = parse([], { MESHOVER_OPEN: 'perhaps' });
    expect(result).toEqual({
      ok: false,
      complaints: ['MESHOVER_OPEN is either true or false, not "perhaps"'],
    });
  });
});

test('help lists every flag with its default', () => {
  const text = helpText('./server [flags]', table);
  for (const name of Object.keys(table)) expect(text).toContain(`\n  -${name}`);
  expect(text).toContain('(default [::]:12384; alone: [::]:12384)');
});
