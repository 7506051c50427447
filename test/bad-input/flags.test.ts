// Wrong flags: one clear line and status 2, before anything is touched.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { newPlace, removePlaces, run, type Program } from './programs.ts';

afterAll(removePlaces);

const refuse = async (
  program: Program,
  argv: readonly string[],
  expected: string,
): Promise<void> => {
  const stateDir = join(newPlace(), 'state');
  const place = program === 'ctl' ? [] : ['-statedir', stateDir];
  const { status, output, lines } = await run(program, [...place, ...argv]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(expected);
  expect({ status, output, made: existsSync(stateDir) }).toEqual({
    status: 2,
    output: '',
    made: false,
  });
};

describe.concurrent('server', () => {
  test.each([
    ['an unknown flag', ['-bogus'], 'unknown flag -bogus; -help lists all'],
    ['a misspelt flag', ['-lisen'], 'did you mean -listen?'],
    ['a malformed prefix', ['-wgaddress', '10.0.0.0/99'], 'has a prefix length over 32'],
    [
      'pools that overlap',
      ['-wgaddress', 'fd00::/48,10.0.0.0/12', '-assignaddress', 'fd01::/48,10.0.0.0/16'],
      'pools 10.0.0.0/12 and 10.0.0.0/16 overlap; give -wgaddress and -assignaddress separate',
    ],
    ['a pool too small', ['-wgaddress', 'fd00::/127,10.0.0.0/31'], 'IPv6 pools are /126 or wider'],
    ['no address', ['-listen', 'here'], 'write it like [::]:12384 or 192.0.2.1:12384'],
    ['a bad port', ['-listen', '[::]:65536'], 'write it like [::]:12384'],
    ['a bad level', ['-loglevel', 'loud'], 'is none of debug, info, warn, error'],
  ])('%s', (_, argv, expected) => refuse('server', argv, expected));
});

describe.concurrent('client', () => {
  const joined = ['-controlserver', '[::1]:1'];
  test.each([
    ['no controller', [], 'name the controller: -controlserver HOST:12384'],
    ['a malformed hostname', [...joined, '-hostname', 'a_b'], 'choose one with -hostname'],
    ['a hostname in capitals', [...joined, '-hostname', 'Node-1'], 'use -hostname node-1'],
    ['a malformed prefix', [...joined, '-advertise', '10.0.0.0/99'], 'prefix length over 32'],
    ['host bits', [...joined, '-advertise', '10.20.0.1/16'], 'did you mean 10.20.0.0/16?'],
    ['a malformed endpoint', [...joined, '-endpoint', 'here'], 'write it like [2001:db8::1]:51820'],
    ['a malformed range', [...joined, '-gathering', '10.0.0.0/8@x'], '10.0.0.0/8@20'],
  ])('%s', (_, argv, expected) => refuse('client', argv, expected));
});

describe.concurrent('meshoverctl', () => {
  test.each([
    ['no command', [], 'a command is missing'],
    ['an unknown command', ['nods'], 'unknown command "nods" (did you mean nodes?)'],
    ['a name missing', ['remove'], 'remove needs NAME: meshoverctl remove -help'],
    ['a bad output', ['nodes', '-o', 'xml'], 'is none of table, json'],
  ])('%s', (_, argv, expected) => refuse('ctl', argv, expected));
});
