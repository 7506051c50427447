// Which controller meshoverctl gives its token to, and which it does not.
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RegisterKey } from '../../shared/address/key.ts';
import { registerFingerprint } from '../../shared/trust/fingerprint.ts';
import { OperatedController } from '../fake/operated-controller.ts';
import { callCtl, newHome, writeSecret, type Called, type How } from './desk.ts';

let controller: OperatedController;
let other: OperatedController;
let home: string;

const { x: strangersX = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const strangersKey = Buffer.from(strangersX, 'base64url').toString('base64') as RegisterKey;

const keep = (): string => join(home, '.config/meshover/known-controllers');

beforeAll(async () => {
  [controller, other] = [await OperatedController.start(), await OperatedController.start()];
});

beforeEach(() => {
  home = newHome();
  writeSecret(join(home, 'token'), 'the-admin-token\n');
  controller.lie = {};
  controller.asked.splice(0);
});

afterAll(() => {
  controller.stop();
  other.stop();
});

const call = (words: readonly string[] = [], how: Partial<How> = {}): Promise<Called> =>
  callCtl(
    [
      ...['whoami', '-controlserver', controller.address, '-token-file', join(home, 'token')],
      ...['-statedir', join(home, 'state'), ...words],
    ],
    { home, ...how },
  );

const expectNothingSent = ({ exit, out, err }: Called, reason: RegExp | string): void => {
  expect({ exit, out, asked: controller.asked }).toEqual({ exit: 1, out: '', asked: [] });
  expect(err).toMatch(reason);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect(err).not.toContain('the-admin-token');
};

const fingerprint = (): string => registerFingerprint(controller.registerKey);

const keepLine = (line: string): void => {
  mkdirSync(join(home, '.config/meshover'), { recursive: true });
  writeFileSync(keep(), line);
};

test('a controller that nobody vouches for gets no token; its fingerprint and the remedy are told', async () => {
  expectNothingSent(
    await call(),
    `whoami -controlserver ${controller.address} -fingerprint ${fingerprint()}`,
  );
});

test('a fingerprint is needed once; the key is kept for its owner only', async () => {
  expect(await call(['-fingerprint', fingerprint()])).toMatchObject({ exit: 0, err: '' });
  expect(readFileSync(keep(), 'utf8')).toBe(`${controller.address} ${controller.registerKey}\n`);
  expect(statSync(keep()).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, '.config/meshover')).mode & 0o777).toBe(0o700);
  expect(await call()).toMatchObject({ exit: 0, err: '' });
  expect(controller.asked.map(({ authorization }) => authorization)).toEqual([
    'Bearer the-admin-token',
    'Bearer the-admin-token',
  ]);
});

test('case and hyphens of a fingerprint do not matter', async () => {
  const typed = fingerprint().replaceAll('-', '').toLowerCase();
  expect((await call(['-fingerprint', typed])).exit).toBe(0);
});

test('a wrong fingerprint: both are told, nothing is kept', async () => {
  const wrong = registerFingerprint(other.registerKey);
  const called = await call(['-fingerprint', wrong]);
  expectNothingSent(called, fingerprint());
  expect(called.err).toContain(wrong);
  expectNothingSent(await call(), 'is not known here');
});

test('another key than before is refused with both fingerprints; other lines stay when it is trusted', async () => {
  const elsewhere = `a.example:12384 ${other.registerKey}`;
  keepLine(`${elsewhere}\n${controller.address} ${other.registerKey}\n`);
  const called = await call();
  expectNothingSent(called, registerFingerprint(other.registerKey));
  expect(called.err).toContain(fingerprint());
  expect(called.err).toContain(keep());
  expect((await call(['-fingerprint', fingerprint()])).exit).toBe(0);
  expect(readFileSync(keep(), 'utf8')).toBe(
    `${elsewhere}\n${controller.address} ${controller.registerKey}\n`,
  );
});

test('the state directory on the same machine vouches, and nothing need be kept', async () => {
  mkdirSync(join(home, 'state'));
  const pem = controller.key.privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeSecret(join(home, 'state/register.key'), String(pem));
  expect((await call()).exit).toBe(0);
  expect((await call(['-fingerprint', fingerprint()])).exit).toBe(0);
  expect(() => statSync(keep())).toThrow('ENOENT');
});

test('the state directory of another controller does not vouch', async () => {
  mkdirSync(join(home, 'state'));
  const pem = other.key.privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeSecret(join(home, 'state/register.key'), String(pem));
  expectNothingSent(await call(), registerFingerprint(other.registerKey));
  writeFileSync(join(home, 'state/register.key'), 'garbage');
  expectNothingSent(await call(), 'restore it from a backup');
});

test.each([
  ['for another certificate', { certificateHash: '0'.repeat(64) }, /another TLS certificate/],
  ['that answers another nonce', { nonce: '0'.repeat(64) }, /replayed/],
  ['signed by another key than it names', { registerKey: strangersKey }, /not signed by the key/],
])('a proof %s is refused, whatever fingerprint is trusted', async (_, lie, reason) => {
  keepLine(`${controller.address} ${controller.registerKey}\n`);
  controller.lie = lie;
  expectNothingSent(await call(), reason);
});

test('a damaged line of the known controllers', async () => {
  keepLine(`${controller.address} nonsense\n`);
  expectNothingSent(await call(), 'is damaged');
});

test('a token file that everybody reads, that is missing, that is empty', async () => {
  keepLine(`${controller.address} ${controller.registerKey}\n`);
  writeFileSync(join(home, 'open'), 'x', { mode: 0o644 });
  expectNothingSent(await callWith('open'), 'chmod 600');
  expectNothingSent(await callWith('none'), 'name the file of your administrator');
  writeSecret(join(home, 'empty'), '\n');
  expectNothingSent(await callWith('empty'), 'holds no token');
});

const callWith = (file: string): Promise<Called> => {
  const flags = ['-controlserver', controller.address, '-token-file', join(home, file)];
  return callCtl(['whoami', ...flags], { home });
};

test('the environment names controller, token file and fingerprint', async () => {
  const called = await callCtl(['whoami', '-statedir', join(home, 'state')], {
    home,
    environment: {
      MESHOVER_CONTROLSERVER: controller.address,
      MESHOVER_TOKEN_FILE: join(home, 'token'),
      MESHOVER_FINGERPRINT: fingerprint(),
      XDG_CONFIG_HOME: join(home, 'xdg'),
    },
  });
  expect(called).toMatchObject({ exit: 0, err: '' });
  expect(readFileSync(join(home, 'xdg/meshover/known-controllers'), 'utf8')).toContain(
    controller.registerKey,
  );
});

test('localhost is this machine, and a name is asked where it was found', async () => {
  keepLine(`localhost:${controller.address.split(':')[1] ?? ''} ${controller.registerKey}\n`);
  const server = controller.address.replace('127.0.0.1', 'localhost');
  const called = await callCtl(
    ['whoami', '-controlserver', server, '-token-file', join(home, 'token')],
    { home },
  );
  expect(called).toMatchObject({ exit: 0, err: '' });
});
