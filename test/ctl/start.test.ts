// The command line: commands, flags, help, mistakes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allCommands } from '../../ctl/commands/all.ts';
import { ctlStartFrom } from '../../ctl/start.ts';

const start = (argv: readonly string[]): ReturnType<typeof ctlStartFrom> =>
  ctlStartFrom({ argv, environment: {} });

describe('wrongly called', () => {
  test.each([
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['nods'], 'unknown command "nods" (did you mean nodes?)'],
    ['half a command', ['token'], 'token needs one of create, list, revoke'],
    ['a name missing', ['approve'], 'approve needs NAME'],
    ['a name that is none', ['remove', 'Web_1'], 'is not a hostname'],
    ['one name too many', ['remove', 'a', 'b'], '"b" is no flag and not expected here'],
    ['a flag of another command', ['nodes', '-reason', 'x'], 'unknown flag -reason'],
    ['a bad output', ['nodes', '-o', 'xml'], 'is none of table, json'],
    ['a bad address', ['nodes', '-controlserver', 'a:b:c'], 'write it like controller.example'],
    ['a bad time', ['token', 'create', '-expires', '5x'], '-expires: "5x"'],
    ['no uses', ['token', 'create', '-uses', '0'], '-uses "0"'],
    ['a bad pattern', ['token', 'create', '-hostname', 'A/B'], '-hostname "A/B"'],
    ['a bad prefix', ['authorise', 'a', '-advertise', '10.0.0.1/8'], 'did you mean 10.0.0.0/8?'],
    ['no prefix', ['authorise', 'a'], 'authorise needs -advertise or -gathering'],
    ['no role', ['admin', 'create', 'bob'], '-role "" is none of viewer'],
    ['a bad count', ['events', '-last', 'x'], '-last "x"'],
    ['help on nothing', ['help', 'nods'], 'did you mean nodes?'],
  ])('%s', (_, argv, expected) => {
    const result = start(argv);
    expect(result).toMatchObject({ kind: 'complaints' });
    expect(JSON.stringify(result)).toContain(JSON.stringify(expected).slice(1, -1));
  });
});

describe('help', () => {
  test.each(allCommands.map(({ words }) => words))('%s -help', (words) => {
    const result = start([...words.split(' '), '-help']);
    expect(result).toMatchObject({ kind: 'help' });
    expect(result).toEqual(start(['help', ...words.split(' ')]));
    expect(JSON.stringify(result)).toContain(`usage: meshoverctl ${words}`);
  });

  test('the overview names every command', () => {
    const text = JSON.stringify(start(['-help']));
    for (const { words } of allCommands) expect(text).toContain(`\\n  ${words}`);
  });
});

test('flags may stand before the command', () => {
  expect(start(['-controlserver', 'nodes:1', '-o', 'json', 'pending'])).toMatchObject({
    kind: 'run',
    connection: { address: { host: 'nodes', port: 1 } },
  });
});

test.each([
  ['controller.example', { host: 'controller.example', port: 12_384 }],
  ['[2001:db8::c]:1', { host: '2001:db8::c', port: 1 }],
  ['192.0.2.1:99', { host: '192.0.2.1', port: 99 }],
])('-controlserver %s', (text, address) => {
  expect(start(['nodes', '-controlserver', text])).toMatchObject({ connection: { address } });
});

test('-version', () => {
  expect(start(['-version'])).toEqual({ kind: 'version' });
});

test('no command line is a fault: it runs, helps, or says what is wrong in whole lines', () => {
  const known = allCommands.flatMap(({ words, flags }) => [
    ...words.split(' '),
    ...Object.keys(flags).map((flag) => `-${flag}`),
  ]);
  const word = fc.oneof(fc.constantFrom(...known, 'web1', '-', '--', '-='), fc.string());
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (argv) => {
      const result = start(argv);
      expect(['run', 'help', 'version', 'complaints']).toContain(result.kind);
      if (result.kind === 'complaints') expect(result.complaints.length).toBeGreaterThan(0);
    }),
  );
});
