// The cache over real TCP on loopback, against a router of our own.
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Prefix } from '../../../shared/address/prefix.ts';
import { silentLog } from '../../../shared/log/log.ts';
import { systemClock } from '../../../client/host/system-clock.ts';
import { errorCodes, type Pdu } from '../../../client/rtr/pdu.ts';
import type { Limits } from '../../../client/rtr/rtr-connection.ts';
import { mostConnections, RtrServer, shippedIntervals } from '../../../client/rtr/rtr-server.ts';
import { vrpsOf, type Vrps } from '../../../client/rtr/vrps.ts';
import { routerAt, type Router } from './router.ts';

const some = (...numbers: readonly number[]): Vrps =>
  vrpsOf(
    numbers.map((n) => ({
      prefix: `10.${n >> 8}.${n & 255}.0/24` as Prefix,
      maxLength: 24,
      asn: 4_200_000_000 + n,
    })),
  );
const sessionId = 0xbeef;

interface Cache {
  readonly server: RtrServer;
  readonly given: readonly Vrps[];
  readonly router: () => Promise<Router>;
}
let stop: () => Promise<void> = () => Promise.resolve();
afterEach(() => stop());

const cacheOf = async (vrps: Vrps, limits?: Limits): Promise<Cache> => {
  const given: Vrps[] = [];
  const server = new RtrServer({
    port: 0,
    clock: systemClock,
    log: silentLog,
    sessionId,
    vrps,
    ...(limits && { limits }),
    onGiven: (now) => given.push(now),
  });
  expect(await server.listen()).toMatchObject({ ok: true });
  const routers: Router[] = [];
  stop = async () => {
    for (const { socket } of routers) socket.destroy();
    await server.close();
  };
  const router = async (): Promise<Router> => {
    const made = await routerAt(server.port);
    routers.push(made);
    return made;
  };
  return { server, given, router };
};

const prefixes = (vrps: Vrps, announces = true): readonly Pdu[] =>
  [...vrps.values()].map((vrp) => ({ kind: 'prefix', announces, vrp }));
const start = { kind: 'cache-response', sessionId } as const;
const end = (serial: number) =>
  ({ kind: 'end-of-data', sessionId, serial, intervals: shippedIntervals }) as const;

describe('queries', () => {
  test('a reset query gets everything, and is counted as given', async () => {
    const { router, given } = await cacheOf(some(1, 2));
    const one = await router();
    one.say({ kind: 'reset-query' });
    expect(await one.answer()).toEqual([start, ...prefixes(some(1, 2)), end(1)]);
    await expect.poll(() => given).toEqual([some(1, 2)]);
  });

  test('a change is notified once and fetched as the difference', async () => {
    const { server, router } = await cacheOf(some(1, 2));
    const one = await router();
    one.say({ kind: 'reset-query' });
    await one.answer();
    expect(server.take(some(2, 1))).toBe(false);
    expect(server.take(some(2, 3))).toBe(true);
    expect(server.take(some(2, 3, 4))).toBe(true);
    expect(await one.next()).toEqual({ kind: 'serial-notify', sessionId, serial: 2 });
    one.say({ kind: 'serial-query', sessionId, serial: 1 });
    expect(await one.answer()).toEqual([
      start,
      ...prefixes(some(3, 4)),
      ...prefixes(some(1), false),
      end(3),
    ]);
    one.say({ kind: 'serial-query', sessionId, serial: 3 });
    expect(await one.answer()).toEqual([start, end(3)]);
  });

  test.each([
    ['of another session', { sessionId: 1, serial: 1 }],
    ['of a serial that never was', { sessionId, serial: 99 }],
  ])('a serial query %s gets a Cache Reset', async (_, query) => {
    const { router } = await cacheOf(some(1));
    const one = await router();
    one.say({ kind: 'serial-query', ...query });
    expect(await one.next()).toEqual({ kind: 'cache-reset' });
    one.say({ kind: 'reset-query' });
    expect(await one.answer()).toEqual([start, ...prefixes(some(1)), end(1)]);
  });

  test('a router of version 0 is answered in version 0', async () => {
    const { router } = await cacheOf(some(1));
    const one = await router();
    one.say({ kind: 'reset-query' }, 0);
    expect(await one.answer()).toEqual([
      start,
      ...prefixes(some(1)),
      { ...end(1), intervals: undefined },
    ]);
    expect(new Set(one.versions)).toEqual(new Set([0]));
  });

  test('a query in single bytes is a query', async () => {
    const { router } = await cacheOf(some(1));
    const one = await router();
    for (const byte of [1, 2, 0, 0, 0, 0, 0, 8]) one.sayBytes(Uint8Array.of(byte));
    expect(await one.answer()).toHaveLength(3);
  });
});

describe('what is wrong is reported, and then the connection ends', () => {
  const refused = async (say: (router: Router) => Promise<void> | void): Promise<number> => {
    const { router } = await cacheOf(some(1));
    const one = await router();
    await say(one);
    const report = await one.next();
    expect(await one.next()).toBe('closed');
    return report !== 'closed' && report.kind === 'error-report' ? report.code : -1;
  };

  test('version 2: told which version is spoken', async () => {
    const code = await refused((router) => {
      router.sayBytes(Uint8Array.of(2, 2, 0, 0, 0, 0, 0, 8));
    });
    expect(code).toBe(errorCodes['unsupported-protocol-version']);
  });

  test('another version than before', async () => {
    const code = await refused(async (router) => {
      router.say({ kind: 'reset-query' }, 0);
      await router.answer();
      router.say({ kind: 'reset-query' }, 1);
    });
    expect(code).toBe(errorCodes['unexpected-protocol-version']);
  });

  test.each([
    ['what only a cache says', [1, 8, 0, 0, 0, 0, 0, 8], 'invalid-request'],
    ['an unknown type', [1, 77, 0, 0, 0, 0, 0, 8], 'unsupported-pdu-type'],
    ['four gigabytes', [1, 2, 0, 0, 255, 255, 255, 255], 'corrupt-data'],
    ['no length', [1, 2, 0, 0, 0, 0, 0, 0], 'corrupt-data'],
    ['HTTP', [...new TextEncoder().encode('GET / HTTP/1.1\r\n')], 'unsupported-protocol-version'],
  ] as const)('%s', async (_, bytes, code) => {
    const seen = await refused((router) => {
      router.sayBytes(Uint8Array.from(bytes));
    });
    expect(seen).toBe(errorCodes[code]);
  });

  test('an error report is not answered', async () => {
    const { router } = await cacheOf(some(1));
    const one = await router();
    one.say({ kind: 'error-report', code: 1, about: new Uint8Array(), text: 'x' });
    expect(await one.next()).toBe('closed');
  });

  test('random bytes end a connection and nothing else', async () => {
    const { router } = await cacheOf(some(1));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 2000 }), async (noise) => {
        const one = await router();
        one.sayBytes(Uint8Array.from([...noise, 0xff, 0xff, 0, 0, 0, 0, 0, 0]));
        one.socket.end();
        while ((await one.next()) !== 'closed');
      }),
      { numRuns: 50 },
    );
    const after = await router();
    after.say({ kind: 'reset-query' });
    expect(await after.answer()).toHaveLength(3);
  });
});

describe('limits', () => {
  const impatient: Limits = { patienceMs: 50, idleMs: 100 };

  test('who asks nothing, half a question, or nothing more is cut', async () => {
    const { router } = await cacheOf(some(1), impatient);
    const [silent, half, content] = [await router(), await router(), await router()];
    half.sayBytes(Uint8Array.of(1, 2, 0));
    content.say({ kind: 'reset-query' });
    expect(await content.answer()).toHaveLength(3);
    for (const each of [silent, half, content]) expect(await each.next()).toBe('closed');
  });

  test('who asks and asks and does not read is cut, and not served on', async () => {
    const many = some(...Array.from({ length: 20_000 }, (_, n) => n));
    const { router, given } = await cacheOf(many, impatient);
    const greedy = await router();
    greedy.socket.pause();
    const closed = new Promise((resolve) =>
      greedy.socket.on('error', resolve).on('close', resolve),
    );
    for (let n = 0; n < 1000; n++) greedy.say({ kind: 'reset-query' });
    const quiet = await router();
    expect(await quiet.next()).toBe('closed');
    greedy.socket.resume();
    await closed;
    expect(given.length).toBeLessThan(100);
  });

  test('only so many at once', async () => {
    const { router } = await cacheOf(some(1));
    const all: Router[] = [];
    for (let n = 0; n < mostConnections; n++) {
      const one = await router();
      one.say({ kind: 'reset-query' });
      await one.answer();
      all.push(one);
    }
    expect(await (await router()).next()).toBe('closed');
    all[0]!.socket.end();
    expect(await all[0]!.next()).toBe('closed');
    const tryAgain = async (): Promise<number> => {
      const late = await router();
      late.say({ kind: 'reset-query' });
      return (await late.answer()).length;
    };
    await expect.poll(tryAgain).toBe(3);
  });

  test('a taken port is a reason with its remedy', async () => {
    const { server } = await cacheOf(some(1));
    const given = { clock: systemClock, log: silentLog, sessionId, vrps: some(1) };
    const second = new RtrServer({ ...given, port: server.port, onGiven: () => undefined });
    expect(await second.listen()).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/port is in use: choose another with -rtrport/) as string,
    });
  });
});
