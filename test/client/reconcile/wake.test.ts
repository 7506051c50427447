// When turns are due: bursts become one, noise neither starves nor drives, routes are followed at once.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  causeOf,
  paceAfterTurn,
  paceAtTurn,
  resyncMs,
  startingPace,
  wakeFor,
  type Cause,
} from '../../../client/reconcile/wake.ts';

const rested = startingPace(100_000);

const afterTurnOf = (durationMs: number): ReturnType<typeof startingPace> =>
  paceAfterTurn(paceAtTurn(rested), {
    startedAt: 100_000 - durationMs,
    endedAt: 100_000,
    resyncFrom: 100_000 - durationMs,
  });

describe('a turn is due', () => {
  it('a moment after a view came', () => {
    expect(wakeFor(rested, 'view', 100_000).dueAt).toBe(100_050);
  });

  it('almost at once after a route that gathering follows', () => {
    expect(wakeFor(rested, 'route', 100_000).dueAt).toBe(100_005);
  });

  it('no later because more comes', () => {
    const once = wakeFor(rested, 'kernel', 100_000);
    expect(wakeFor(once, 'kernel', 100_040).dueAt).toBe(once.dueAt);
  });

  it('earlier when something urgent comes', () => {
    const once = wakeFor(rested, 'kernel', 100_000);
    expect(wakeFor(once, 'route', 100_010).dueAt).toBe(100_015);
  });

  it('after a rest that follows the length of the last turn, for mere kernel noise', () => {
    expect(wakeFor(afterTurnOf(300), 'kernel', 100_001).dueAt).toBe(100_000 + 1_200);
    expect(wakeFor(afterTurnOf(5_000), 'kernel', 100_001).dueAt).toBe(100_000 + 2_000);
  });

  it('for a view without such a rest', () => {
    expect(wakeFor(afterTurnOf(300), 'view', 100_001).dueAt).toBe(100_051);
  });

  it('at the latest at the next resync, which is at most 10 s away', () => {
    expect(afterTurnOf(100).dueAt).toBe(100_000 - 100 + resyncMs);
    expect(resyncMs).toBeLessThanOrEqual(10_000);
  });

  it('but not at once after a turn that took longer than that', () => {
    expect(afterTurnOf(30_000).dueAt).toBe(101_000);
  });

  it('for what came while a turn ran', () => {
    const during = wakeFor(paceAtTurn(wakeFor(rested, 'view', 100_000)), 'view', 100_100);
    expect(
      paceAfterTurn(during, { startedAt: 100_050, endedAt: 100_300, resyncFrom: 100_050 }).dueAt,
    ).toBe(100_150);
  });

  it('never later than the first cause allows, whatever follows', () => {
    const causes = fc.constantFrom<Cause>('view', 'kernel', 'route', 'resync', 'retry', 'operator');
    fc.assert(
      fc.property(
        causes,
        fc.array(fc.tuple(causes, fc.nat(100)), { maxLength: 20 }),
        (first, more) => {
          let pace = wakeFor(rested, first, 100_000);
          const due = pace.dueAt ?? 0;
          let now = 100_000;
          for (const [cause, later] of more) pace = wakeFor(pace, cause, (now += later));
          expect(pace.dueAt).toBeLessThanOrEqual(due);
        },
      ),
    );
  });
});

describe('a line of ip monitor', () => {
  it.each([
    ['[LINK]7: mo-web1abcdefgh: <POINTOPOINT,NOARP> mtu 1376 state DOWN group 28015', 'kernel'],
    ['[LINK]Deleted 7: mo-node: <BROADCAST,NOARP> mtu 1500', 'kernel'],
    ['[ADDR]3: eth0    inet6 2001:db8::1/64 scope global', 'kernel'],
    ['[RULE]Deleted 20000:\tfrom all fwmark 0x6d6f lookup main', 'kernel'],
    ['[ROUTE]default via fe80::1 dev eth0 proto ra metric 1024', 'kernel'],
    ['[ROUTE]Deleted default dev mo-x table 4200000001 proto 109 metric 1024', 'kernel'],
    ['[ROUTE]fd00:beef::2 nhid 30 via fe80::1 dev mo-x proto bgp metric 20', 'route'],
    ['[ROUTE]Deleted 10.128.0.2 via inet6 fe80::1 dev mo-x proto 186 metric 20', 'route'],
    ['[LINK]9: veth1a2b@if8: <BROADCAST> mtu 1500', undefined],
    ['[ADDR]9: docker0    inet 172.17.0.1/16', undefined],
    ['[ROUTE]local fe80::1 dev eth0 table local proto kernel metric 0', undefined],
    ['[ROUTE]fe80::/64 dev eth0 proto kernel metric 256', undefined],
    ['    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff', undefined],
  ] as const)('%s is %s', (line, cause) => {
    expect(causeOf(line, true)).toBe(cause);
  });

  it('about a BGP route means nothing where nobody gathers', () => {
    expect(
      causeOf('[ROUTE]10.0.0.0/8 via fe80::1 dev mo-x proto bgp metric 20', false),
    ).toBeUndefined();
  });
});
