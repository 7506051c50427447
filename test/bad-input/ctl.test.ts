// meshoverctl that cannot ask: status 1 and one line with the remedy.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newPlace, removePlaces, run, runServer, type Running } from './programs.ts';

const place = newPlace();
const state = join(place, 'state');
const other = join(place, 'other');
let server: Running;

beforeAll(async () => {
  server = await runServer(['-listen', '[::1]:0', '-statedir', state]);
  await (await runServer(['-listen', '[::1]:0', '-statedir', other])).stop();
  writeFileSync(join(place, 'token'), 'not-the-token\n', { mode: 0o600 });
  writeFileSync(join(place, 'open'), 'not-the-token\n', { mode: 0o644 });
});

afterAll(async () => {
  await server.stop();
  removePlaces();
});

const right = { '-statedir': state, '-token-file': join(state, 'admin.token') };

const expectRefusal = async (
  words: readonly string[],
  changes: Readonly<Record<string, string>>,
  expected: string,
): Promise<void> => {
  const flags = { '-controlserver': server.address, ...right, ...changes };
  const { status, output, lines } = await run('ctl', [...words, ...Object.entries(flags).flat()]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(expected);
  expect({ status, output }).toEqual({ status: 1, output: '' });
};

test('no controller there', () =>
  expectRefusal(
    ['nodes'],
    { '-controlserver': '[::1]:1' },
    'is it running, and is -controlserver',
  ));

test('a controller that nobody vouches for', () =>
  expectRefusal(['nodes'], { '-statedir': join(place, 'none') }, 'is not known here'));

test('another controller than that of the state directory', () =>
  expectRefusal(['nodes'], { '-statedir': other }, "that of this machine's own controller"));

test('a fingerprint of another controller', () =>
  expectRefusal(['nodes'], { '-fingerprint': 'ABCD' }, 'which is not the one of -fingerprint'));

test('no token', () =>
  expectRefusal(
    ['nodes'],
    { '-token-file': join(place, 'none') },
    "run it as root on the controller's machine",
  ));

test('a token that everybody reads', () =>
  expectRefusal(['nodes'], { '-token-file': join(place, 'open') }, 'chmod 600'));

test('a wrong token', () =>
  expectRefusal(
    ['nodes'],
    { '-token-file': join(place, 'token') },
    "needs an administrator's token",
  ));

test('a node that is not there', () =>
  expectRefusal(['remove', 'nobody'], {}, 'meshoverctl nodes lists all names'));
