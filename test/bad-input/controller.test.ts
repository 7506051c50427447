// A controller that cannot start: status 1, one line with the remedy, and all left as it was.
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  contentsOf,
  newPlace,
  removePlaces,
  run,
  runServer,
  unprivileged,
  type Ended,
} from './programs.ts';

afterAll(removePlaces);

const anywhere = ['-http', 'off', '-listen', '[::1]:0'];

const startFails = (stateDir: string, argv: readonly string[] = anywhere): Promise<Ended> =>
  run('server', [...argv, '-statedir', stateDir]);

const expectOneLine = ({ status, lines }: Ended, ...parts: readonly string[]): void => {
  expect(lines).toHaveLength(1);
  for (const part of parts) expect(lines[0]).toContain(part);
  expect(status).toBe(1);
};

describe('a state directory that is not what it should be', () => {
  const whole = join(newPlace(), 'whole');
  beforeAll(async () => {
    await (await runServer(['-listen', '[::1]:0', '-statedir', whole])).stop();
  });

  const spoilt = async (
    spoil: (stateDir: string) => void,
    parts: readonly string[],
  ): Promise<void> => {
    const stateDir = join(newPlace(), 'state');
    cpSync(whole, stateDir, { recursive: true });
    spoil(stateDir);
    const before = contentsOf(stateDir);
    expectOneLine(await startFails(stateDir), ...parts);
    expect(contentsOf(stateDir)).toEqual(before);
  };

  test.each([
    ['to nothing', 0, 'register.db is empty'],
    ['in its header', 50, 'register.db is damaged'],
    ['in the middle', 5000, 'register.db is damaged'],
  ])('a register cut short %s', (_, bytes, what) =>
    spoilt(
      (stateDir) => {
        truncateSync(join(stateDir, 'register.db'), bytes);
      },
      [what, 'nothing was changed; restore it from a backup'],
    ),
  );

  test('a register of a newer version', () =>
    spoilt(
      (stateDir) => {
        const database = new DatabaseSync(join(stateDir, 'register.db'));
        database.exec('PRAGMA user_version = 99');
        database.close();
      },
      ['was written by a newer version', 'start that version or a newer one'],
    ));

  test.each(['authority.pem', 'authority.key', 'register.key', 'admin.token'])(
    'rubbish in %s',
    (file) =>
      spoilt(
        (stateDir) => {
          writeFileSync(join(stateDir, file), 'rubbish\n', { mode: 0o600 });
        },
        [`/${file} cannot be used`, 'restore it from a backup'],
      ),
  );
});

describe('a port in use', () => {
  const holder = createServer();
  let taken = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => holder.listen({ host: '::1', port: 0 }, resolve));
    const bound = holder.address();
    taken = `[::1]:${typeof bound === 'object' ? String(bound?.port) : ''}`;
  });
  afterAll(() => holder.close());

  test('by gRPC', async () => {
    const ended = await startFails(join(newPlace(), 's'), ['-http', 'off', '-listen', taken]);
    expectOneLine(ended, `-listen ${taken}: the port is in use`, 'or choose another port');
  });

  test('by HTTP', async () => {
    const ended = await startFails(join(newPlace(), 's'), ['-http', taken, '-listen', '[::1]:0']);
    expectOneLine(ended, 'EADDRINUSE', 'choose another address with -http, or -http off');
  });
});

test('a second controller on one state directory', async () => {
  const stateDir = join(newPlace(), 'state');
  const first = await runServer(['-listen', '[::1]:0', '-statedir', stateDir]);
  expectOneLine(await startFails(stateDir), 'is in use by another server', '-statedir');
  await first.stop();
});

test('an address of another machine', async () => {
  expectOneLine(
    await startFails(join(newPlace(), 's'), ['-http', 'off', '-listen', '192.0.2.77:12384']),
    'this machine has no such address; [::] listens on all',
  );
});

describe('no root', () => {
  test('a state directory of root', async () => {
    const stateDir = join(newPlace(), 'state');
    const ended = await run('server', [...anywhere, '-statedir', stateDir], unprivileged);
    expectOneLine(ended, 'cannot be written', 'choose a directory of your own with -statedir');
    expect(existsSync(stateDir)).toBe(false);
  });

  test('a low port', async () => {
    const place = newPlace();
    chmodSync(place, 0o711);
    const stateDir = join(place, 'state');
    mkdirSync(stateDir, { mode: 0o700 });
    chownSync(stateDir, 65534, 65534);
    const argv = ['-http', 'off', '-listen', '[::1]:80', '-statedir', stateDir];
    expectOneLine(await run('server', argv, unprivileged), 'ports below 1024 need root');
  });
});
