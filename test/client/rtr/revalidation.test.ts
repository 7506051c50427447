import { describe, expect, test } from 'vitest';
import type { Prefix } from '../../../shared/address/prefix.ts';
import { silentLog } from '../../../shared/log/log.ts';
import type { Vty } from '../../../client/host/ports.ts';
import { heldIn, holdsAll } from '../../../client/rtr/prefix-table.ts';
import { Revalidation } from '../../../client/rtr/revalidation.ts';
import { vrpsOf } from '../../../client/rtr/vrps.ts';
import { FakeClock } from '../../fake/clock.ts';

const vrps = vrpsOf([
  { prefix: '10.128.0.1/32' as Prefix, maxLength: 32, asn: 4_200_000_001 },
  { prefix: 'fd00:beef:beef::/48' as Prefix, maxLength: 48, asn: 0 },
]);
const table = [
  'RPKI/RTR prefix table',
  'Prefix                                   Prefix Length  Origin-AS',
  '10.128.0.1                                32 -  32   4200000001',
  'fd00:beef:beef::                          48 -  48            0',
  'Number of IPv4 Prefixes: 1',
  'Number of IPv6 Prefixes: 1',
].join('\n');
const empty = table.replaceAll(/^.* - .*\n/gm, '');
const notYet = 'No connection to RPKI cache server.\n';

test('the table of FRR is compared whole', () => {
  expect(holdsAll(heldIn(table)!, vrps)).toBe(true);
  expect(holdsAll(heldIn(empty)!, vrps)).toBe(false);
  expect(holdsAll(heldIn(table.replace('4200000001', '4200000002'))!, vrps)).toBe(false);
  expect(heldIn(notYet)).toBeUndefined();
});

describe('a soft clear', () => {
  const watch = (answers: readonly (string | undefined)[]) => {
    const asked: string[] = [];
    const clock = new FakeClock();
    const vty: Vty = {
      ask: (_, [, command = '']) => {
        const looks = asked.filter((each) => each.startsWith('show')).length;
        const text = command.startsWith('show') ? answers[Math.min(looks, answers.length - 1)] : '';
        asked.push(command);
        const answer = { status: 0, text: text ?? '' };
        return Promise.resolve(text === undefined ? undefined : [answer, answer]);
      },
    };
    const revalidation = new Revalidation({ vty, clock, log: silentLog });
    return { asked, clock, revalidation };
  };
  const show = 'show rpki prefix-table';
  const clear = 'clear bgp * soft in';

  test('follows as soon as FRR holds what was given, and only once', async () => {
    const { asked, clock, revalidation } = watch([notYet, empty, table]);
    revalidation.expect(vrps);
    await clock.advance(2_000);
    expect(asked).toEqual([show, show, show, clear]);
    expect(clock.nextAt).toBeUndefined();
  });

  test('does not come while FRR is away, and the looking ends', async () => {
    const { asked, clock, revalidation } = watch([undefined]);
    revalidation.expect(vrps);
    await clock.advance(120_000);
    expect(asked).not.toContain(clear);
    expect(clock.nextAt).toBeUndefined();
  });

  test('of a change during the looking is for the latest', async () => {
    const { asked, clock, revalidation } = watch([empty, empty, table]);
    revalidation.expect(vrpsOf([]));
    revalidation.expect(vrps);
    await clock.advance(2_000);
    expect(asked.at(-1)).toBe(clear);
    expect(asked.filter((each) => each === clear)).toHaveLength(1);
  });

  test('does not come after the end', async () => {
    const { asked, clock, revalidation } = watch([table]);
    revalidation.expect(vrps);
    revalidation.stop();
    await clock.advance(2_000);
    expect(asked).toEqual([]);
  });
});
