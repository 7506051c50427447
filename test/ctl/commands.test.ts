// What each command asks of the controller, and what it prints.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CreateTokenResponse } from '../../proto/gen/meshover/v1/administration.ts';
import { registerFingerprint } from '../../shared/trust/fingerprint.ts';
import { OperatedController } from '../fake/operated-controller.ts';
import { callCtl, newHome, nowMs, writeSecret, type Called, type How } from './desk.ts';

let controller: OperatedController;
const home = newHome();
const now = BigInt(Math.floor(nowMs / 1000));

beforeAll(async () => {
  controller = await OperatedController.start();
  writeSecret(join(home, 'token'), 'the-admin-token\n');
});

beforeEach(() => {
  controller.asked.splice(0);
  for (const call of Object.keys(controller.refusals)) {
    Reflect.deleteProperty(controller.refusals, call);
  }
});

afterAll(() => {
  controller.stop();
});

const ctl = (words: readonly string[], how: Partial<How> = {}): Promise<Called> =>
  callCtl(
    [
      ...[...words, '-controlserver', controller.address, '-token-file', join(home, 'token')],
      ...['-statedir', join(home, 'state')],
    ],
    {
      home,
      ...how,
      environment: { MESHOVER_FINGERPRINT: registerFingerprint(controller.registerKey) },
    },
  );

const printed = async (words: readonly string[]): Promise<string> => {
  const { exit, out, err } = await ctl(words);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  return out;
};

const asked = (): unknown[] => controller.asked.map(({ call, request }) => ({ call, request }));

describe('token create', () => {
  beforeAll(() => {
    controller.answers.createToken = CreateTokenResponse.fromPartial({
      ...{ token: 'ey.join.token', details: { id: 't-1' } },
    });
  });

  test('prints the token alone, and beside it the command for the node', async () => {
    const called = await ctl(['token', 'create']);
    expect(called).toMatchObject({ exit: 0, out: 'ey.join.token\n' });
    expect(called.err).toBe(
      'good for one node, for 1h; its id is t-1\n' +
        `on the node: sudo ./client -controlserver controller.example:${controller.address.split(':')[1] ?? ''} -token ey.join.token\n`,
    );
    expect(asked()).toEqual([
      {
        call: 'createToken',
        request: {
          ...{ label: '', uses: 1, lifetimeSeconds: 3600n, hostnamePattern: '' },
          ...{ tags: [], advertise: [], gathering: [] },
        },
      },
    ]);
  });

  test('says all that it was told', async () => {
    const flags = ['-label', 'rack 7', '-uses', '3', '-expires', '2d', '-hostname', 'web*'];
    const grants = ['-tags', 'a,b', '-advertise', '10.20.0.0/16', '-gathering', '192.0.2.0/27'];
    const called = await ctl(['token', 'create', ...flags, ...grants]);
    expect(called.err).toContain('good for 3 nodes, for 2d');
    expect(asked()).toMatchObject([
      {
        request: {
          ...{ label: 'rack 7', uses: 3, lifetimeSeconds: 172_800n, hostnamePattern: 'web*' },
          ...{ tags: ['a', 'b'], advertise: ['10.20.0.0/16'], gathering: ['192.0.2.0/27'] },
        },
      },
    ]);
  });

  test('what is set for the agent of this machine grants nothing', async () => {
    await callCtl(['token', 'create', '-controlserver', controller.address], {
      home,
      environment: {
        MESHOVER_FINGERPRINT: registerFingerprint(controller.registerKey),
        MESHOVER_TOKEN_FILE: join(home, 'token'),
        ...{ MESHOVER_ADVERTISE: '10.20.0.0/16', MESHOVER_HOSTNAME: 'web1' },
      },
    });
    expect(asked()).toMatchObject([{ request: { advertise: [], hostnamePattern: '' } }]);
  });
});

test('token list', async () => {
  const token = {
    ...{ id: 't-1', label: 'rack 7', uses: 3, used: 1, createdAtSeconds: now - 60n },
    ...{ expiresAtSeconds: now + 7260n, hostnamePattern: 'web*', tags: ['a'], state: 'usable' },
    ...{ advertise: ['10.20.0.0/16'], gathering: ['192.0.2.0/27'], createdBy: 'admin' },
    nodes: ['web1'],
  };
  const old = { ...token, id: 't-2', label: '', hostnamePattern: '', state: 'expired', nodes: [] };
  controller.answers.listTokens = {
    tokens: [token, { ...old, expiresAtSeconds: now - 90n, advertise: [], gathering: [] }],
  };
  expect(await printed(['token', 'list'])).toBe(
    'ID   STATE    USED  EXPIRES     HOSTNAMES  TAGS  AUTHORISES                      MADE BY  LABEL   NODES\n' +
      't-1  usable   1/3   in 2h 1m    web*       a     10.20.0.0/16,from 192.0.2.0/27  admin    rack 7  web1\n' +
      't-2  expired  1/3   1m 30s ago  *          a     -                               admin    -       -\n',
  );
});

test.each([
  [['token', 'revoke', 't-1'], { call: 'revokeToken', request: { id: 't-1' } }, 't-1 is revoked'],
  [
    ['remove', 'web1', '-reason', 'sold'],
    { call: 'removeNode', request: { name: 'web1', reason: 'sold' } },
    'web1 is removed',
  ],
  [
    ['reject', 'web1'],
    { call: 'rejectNode', request: { name: 'web1', fingerprint: '' } },
    'web1 is turned away',
  ],
  [
    ['admin', 'revoke', 'bob'],
    { call: 'revokeAdministrator', request: { name: 'bob' } },
    'bob is no administrator',
  ],
])('%j', async (words, expected, text) => {
  expect(await printed(words)).toContain(text);
  expect(asked()).toEqual([expected]);
});

test('admin create prints the token alone', async () => {
  controller.answers.createAdministrator = { token: 'secret-of-bob' };
  const called = await ctl(['admin', 'create', 'bob', '-role', 'operator']);
  expect(called).toMatchObject({ exit: 0, out: 'secret-of-bob\n' });
  expect(called.err).toContain('0600');
  expect(asked()).toEqual([
    { call: 'createAdministrator', request: { name: 'bob', role: 'operator' } },
  ]);
});

test('admin list', async () => {
  controller.answers.listAdministrators = {
    administrators: [
      { name: 'admin', role: 'admin', createdAtSeconds: now - 86_400n, createdBy: '' },
      { name: 'bob', role: 'viewer', createdAtSeconds: now - 5n, createdBy: 'admin' },
    ],
  };
  expect(await printed(['admin', 'list'])).toBe(
    'NAME   ROLE    MADE    BY\nadmin  admin   1d ago  -\nbob    viewer  5s ago  admin\n',
  );
});

test('authorise grants, withdraws, and shows what holds', async () => {
  controller.answers.authorise = {
    authorisations: {
      ...{ name: 'web1', asn: 4_200_000_001, advertise: ['10.20.0.0/16'], gathering: [] },
      ...{ unauthorisedAdvertise: ['10.0.0.0/8'], unauthorisedGathering: ['192.0.2.0/27'] },
    },
  };
  expect(await printed(['authorise', 'web1', '-advertise', '10.20.0.0/16'])).toBe(
    'NAME  ASN         MAY ADVERTISE  MAY GATHER  ASKS IN VAIN\n' +
      'web1  4200000001  10.20.0.0/16   -           10.0.0.0/8,from 192.0.2.0/27\n',
  );
  await printed(['authorise', 'web1', '-gathering', '192.0.2.0/27', '-withdraw']);
  const base = { name: 'web1', advertise: [], gathering: [], withdraw: false };
  expect(asked()).toEqual([
    { call: 'authorise', request: { ...base, advertise: ['10.20.0.0/16'] } },
    { call: 'authorise', request: { ...base, gathering: ['192.0.2.0/27'], withdraw: true } },
  ]);
});

test('whoami', async () => {
  controller.answers.getController = { role: 'operator', administrator: 'bob', pending: 2 };
  const fingerprint = registerFingerprint(controller.registerKey);
  expect(await printed(['whoami'])).toBe(
    `administrator  bob\nrole           operator\ncontroller     ${controller.address}\nfingerprint    ${fingerprint}\n`,
  );
  expect(JSON.parse(await printed(['whoami', '-o', 'json']))).toEqual({
    ...{ administrator: 'bob', role: 'operator', server: controller.address, fingerprint },
    registerKey: controller.registerKey,
  });
  expect(await printed(['status'])).toContain('2 waiting');
});

const event = (number: bigint, changes: object): OperatedController['events'][number] => ({
  ...{ number, atMs: BigInt(nowMs), who: 'admin bob', what: 'node-approved', subject: 'web1' },
  ...{ old: '', new: '', revision: undefined },
  ...changes,
});

describe('events', () => {
  beforeAll(() => {
    controller.events = [
      event(1n, { new: '{"name":"web1","tags":["a"]}' }),
      event(2n, {
        what: 'node-changed',
        old: '{"asn":1,"tags":["a"]}',
        new: '{"asn":2,"tags":["a"]}',
      }),
      event(3n, { what: 'node-removed', old: '{"name":"web1"}', subject: 'web1\u001b[2J' }),
    ];
  });

  test('a line each: who, what, and what is different', async () => {
    expect(await printed(['events', '-last', '3'])).toBe(
      [
        '     1  2026-01-02T03:04:05.000Z  node-approved          web1                  by admin bob          name web1, tags ["a"]',
        '     2  2026-01-02T03:04:05.000Z  node-changed           web1                  by admin bob          asn 1 → 2',
        '     3  2026-01-02T03:04:05.000Z  node-removed           web1?[2J              by admin bob          name web1 gone',
        '',
      ].join('\n'),
    );
    expect(asked()).toEqual([{ call: 'events', request: { after: 0n, follow: false, last: 3 } }]);
  });

  test('json is an object a line', async () => {
    const lines = (await printed(['events', '-o', 'json'])).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { number: string }).number)).toEqual([
      ...['1', '2', '3'],
    ]);
  });

  test('-follow prints each as it comes, until it is stopped', async () => {
    const stop = new AbortController();
    const called = await ctl(['events', '-follow'], {
      stop: stop.signal,
      seen: (text) => {
        if (text.includes('node-removed')) stop.abort();
      },
    });
    expect({ ...called, lines: called.out.split('\n').length }).toMatchObject({
      ...{ exit: 0, err: '', lines: 4 },
    });
  });
});

test('operatorkey create asks no controller and never writes over a key', async () => {
  const path = join(home, 'operator.key');
  const called = await callCtl(['operatorkey', 'create', path], { home });
  expect(called).toMatchObject({ exit: 0 });
  expect(called.out).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
  expect(called.err).toContain(`server -operatorkey ${called.out.trim()}`);
  const before = readFileSync(path, 'utf8');
  expect(before).toContain('PRIVATE KEY');
  const again = await callCtl(['operatorkey', 'create', path], { home });
  expect(again).toMatchObject({ exit: 1, out: '' });
  expect(again.err).toMatch(/cannot be written .* name a new file/);
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('a refusal is told with its code, status 1', async () => {
  controller.refusals.removeNode = { code: 'forbidden', detail: 'bob is a viewer' };
  expect(await ctl(['remove', 'web1'])).toMatchObject({
    ...{ exit: 1, out: '', err: 'meshoverctl: bob is a viewer (forbidden)\n' },
  });
});
