import { describe, expect, test } from 'vitest';
import {
  OriginWatch,
  refusedCountIn,
  refusedIn,
  refusedInText,
} from '../../../client/status/origin-watch.ts';
import type { FrrSession } from '../../../client/status/frr.ts';
import { tellViolations } from '../../../client/status/tell-violations.ts';
import type { Vty } from '../../../client/host/ports.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';
import { FakeClock } from '../../fake/clock.ts';
import { silentLog, type LogFields } from '../../../shared/log/log.ts';
import type { LinkStatus, NodeStatus } from '../../../shared/mesh/status.ts';

const session = (n: number, bgpState = 'Established'): FrrSession => ({
  interface: `mo-${n}`,
  bgpState,
  bgpUptimeSeconds: 1,
  prefixes: 2,
  bfdState: 'up',
});

/** As FRR 10.3 says it; 8.4.4 says more beside it. */
const answerFor = (...prefixes: readonly string[]): string =>
  JSON.stringify({
    receivedRoutes: Object.fromEntries(
      prefixes.map((prefix) => [prefix, { network: prefix, path: '4200000002' }]),
    ),
    totalPrefixCounter: prefixes.length,
  });

const countOf = (heard: number): string =>
  JSON.stringify({ ribTableWalkCounters: { 'Adj-in': heard + 2, 'All RIB': 2 } });

const textFor = (command: string, refused: readonly string[]): string => {
  if (command.endsWith('prefix-counts json')) return countOf(refused.length);
  if (command.endsWith('json')) return answerFor(...refused);
  return refused.map((prefix) => ` *> ${prefix}    fe80::2   0   0 4200000002 i`).join('\n');
};

const bgpd = (refused: Map<string, readonly string[]>) => {
  const asked: string[] = [];
  const clock = new FakeClock();
  const vty: Vty = {
    ask: (_, commands) => {
      asked.push(/neighbors (\S+)/.exec(commands[1] ?? '')?.[1] ?? '');
      return Promise.resolve(
        commands.map((command) => {
          const [, family, name = ''] =
            /show bgp (ipv\d) unicast neighbors (\S+)/.exec(command) ?? [];
          const all = refused.get(name) ?? [];
          const ofFamily = all.filter((each) => each.includes(':') === (family === 'ipv6'));
          return { status: 0, text: textFor(command, ofFamily) };
        }),
      );
    },
  };
  return { asked, clock, watch: new OriginWatch(vty, clock) };
};

test('what is no answer is none', () => {
  expect(refusedCountIn('% No such neighbor or address family')).toBeUndefined();
  expect(refusedCountIn('{ "malformedAddressOrName":"mo-1" }')).toBeUndefined();
  expect(refusedIn('{}')).toEqual([]);
  expect(refusedIn('% No such neighbor')).toEqual([]);
});

test.each([
  '*> 10.128.5.0/24    fe80::2                  0             0 4200000002 i',
  ' *> 10.128.5.0/24    fe80::2                  0             0 4200000002 i',
])('as FRR 8.4.4 and 10.3 print it: %s', (line) => {
  const text = `   Network          Next Hop            Metric LocPrf Weight Path\n${line}\n`;
  expect(refusedInText(text)).toEqual([{ prefix: '10.128.5.0/24', path: '' }]);
});

describe('what peers announce and may not', () => {
  test('is counted, and named up to ten', async () => {
    const many = Array.from({ length: 30 }, (_, n) => `10.0.${29 - n}.0/24`);
    const { watch } = bgpd(new Map([['mo-1', [...many, '2001:db8::/32']]]));
    const known = await watch.look([session(1), session(2)]);
    expect(known.get('mo-1')?.refusedPrefixes).toBe(31);
    expect(known.get('mo-1')?.violations).toHaveLength(10);
    expect(known.get('mo-1')?.violations[0]).toEqual({ prefix: '10.0.0.0/24', path: '4200000002' });
    expect(known.get('mo-2')).toEqual({ refusedPrefixes: 0, violations: [] });
  });

  test('of thousands some are named, of very many none is asked for', async () => {
    const prefixes = (count: number): readonly string[] =>
      Array.from({ length: count }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
    const refused = new Map([['mo-1', prefixes(2_000)]]);
    const { watch, clock } = bgpd(refused);
    const thousands = (await watch.look([session(1)])).get('mo-1');
    expect(thousands?.refusedPrefixes).toBe(2_000);
    expect(thousands?.violations).toHaveLength(10);
    expect(watch.flooding()).toEqual([]);
    refused.set('mo-1', prefixes(30_000));
    const veryMany = (await watch.look([session(1)])).get('mo-1');
    expect(veryMany).toEqual({ refusedPrefixes: 30_000, violations: thousands?.violations });
    expect(watch.flooding()).toEqual(['mo-1']);
    await clock.advance(600_000);
    expect(watch.flooding()).toEqual([]);
  });

  test('a few peers are asked at each look, all of them in turn', async () => {
    const { asked, watch } = bgpd(new Map());
    const sessions = Array.from({ length: 20 }, (_, n) => session(n));
    await watch.look(sessions);
    expect(new Set(asked).size).toBe(8);
    await watch.look(sessions);
    await watch.look(sessions);
    expect(new Set(asked).size).toBe(20);
  });

  test('stays known of a session that it brought down, until it is up again', async () => {
    const refused = new Map([['mo-1', ['10.0.0.0/8']]]);
    const { watch } = bgpd(refused);
    await watch.look([session(1)]);
    refused.clear();
    const down = await watch.look([session(1, 'Idle (PfxCt)')]);
    expect(down.get('mo-1')?.refusedPrefixes).toBe(1);
    const up = await watch.look([session(1)]);
    expect(up.get('mo-1')?.refusedPrefixes).toBe(0);
  });

  test('is told by name when it begins and when it ends', () => {
    const told: [string, LogFields | undefined][] = [];
    const log = {
      ...silentLog,
      warn: (message: string, fields?: LogFields) => told.push([message, fields]),
      info: (message: string, fields?: LogFields) => told.push([message, fields]),
    };
    const status = (refusedPrefixes: number): NodeStatus =>
      ({
        links: [
          {
            peer: 'mallory' as Hostname,
            refusedPrefixes,
            violations: [{ prefix: '0.0.0.0/0' as Prefix, path: '4200000007' }],
          } as unknown as LinkStatus,
        ],
      }) as unknown as NodeStatus;
    tellViolations(log, undefined, status(0));
    tellViolations(log, status(0), status(1));
    tellViolations(log, status(1), status(1));
    tellViolations(log, status(1), status(0));
    expect(told).toEqual([
      [
        'a peer announces what it may not; it is refused',
        { peer: 'mallory', count: 1, reason: '0.0.0.0/0 by AS path 4200000007' },
      ],
      ['this peer announces only what it may, again', { peer: 'mallory' }],
    ]);
  });
});
