import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Prefix } from '../../../shared/address/prefix.ts';
import { changeSince, ledgerAfter, ledgerFrom, type Ledger } from '../../../client/rtr/ledger.ts';
import { retiredAfter, withRetired } from '../../../client/rtr/retired.ts';
import { vrpsFrom, vrpsOf, type Vrps } from '../../../client/rtr/vrps.ts';
import { nodeFixture, viewFixture } from '../../fake/view.ts';

const lan = ['10.20.0.0/16'] as Prefix[];

const some = (...numbers: readonly number[]): Vrps =>
  vrpsOf(
    numbers.map((n) => ({ prefix: `10.0.${n}.0/24` as Prefix, maxLength: 24, asn: 65_000 + n })),
  );

describe('payloads of a view', () => {
  const view = viewFixture(nodeFixture(1), [
    nodeFixture(2, { advertised: ['10.20.0.0/16', '2001:db8::/48'] as Prefix[] }),
    nodeFixture(3, { advertised: ['10.20.0.0/16'] as Prefix[] }),
  ]);

  test('every address and prefix with its owner, the pools with nobody', () => {
    expect([...vrpsFrom(view).keys()]).toEqual([
      '10.128.0.0/12-12 0',
      '10.128.0.1/32-32 4200000001',
      '10.128.0.2/32-32 4200000002',
      '10.128.0.3/32-32 4200000003',
      '10.192.0.0/12-12 0',
      '10.20.0.0/16-16 4200000002',
      '10.20.0.0/16-16 4200000003',
      '2001:db8::/48-48 4200000002',
      'fd00:6d65:7368::/48-48 0',
      'fd00:beef:beef::/48-48 0',
      'fd00:beef:beef::1/128-128 4200000001',
      'fd00:beef:beef::2/128-128 4200000002',
      'fd00:beef:beef::3/128-128 4200000003',
    ]);
  });

  test('the order of peers does not matter, and doubles are one', () => {
    const [self, one, other] = [view.self, view.peers[0]!, view.peers[1]!];
    const twice = { ...one, advertised: [...one.advertised, ...one.advertised] };
    expect([...vrpsFrom({ ...view, self, peers: [other, twice] })]).toEqual([...vrpsFrom(view)]);
  });
});

describe('serials', () => {
  test('nothing changed: the same serial', () => {
    const ledger = ledgerFrom(1, some(1, 2));
    expect(ledgerAfter(ledger, some(2, 1))).toBe(ledger);
  });

  test('one that came and went is not told', () => {
    const first = ledgerFrom(1, some(1));
    const last = ledgerAfter(ledgerAfter(first, some(1, 2)), some(1));
    expect(changeSince(last, first.serial)).toEqual({ announced: new Map(), withdrawn: new Map() });
    expect(changeSince(last, first.serial + 1)?.withdrawn).toEqual(some(2));
  });

  test('a serial of the future or of long ago has no difference', () => {
    let ledger = ledgerFrom(1, some(0));
    for (let n = 1; n <= 40; n++) ledger = ledgerAfter(ledger, some(n));
    expect(changeSince(ledger, ledger.serial + 1)).toBeUndefined();
    expect(changeSince(ledger, ledger.serial - 33)).toBeUndefined();
    expect(changeSince(ledger, ledger.serial - 32)?.withdrawn).toEqual(some(8));
  });

  test('after the last serial comes the first one', () => {
    const last: Ledger = { ...ledgerFrom(1, some(1)), serial: 2 ** 32 - 1 };
    const next = ledgerAfter(last, some(2));
    expect(next.serial).toBe(0);
    expect(changeSince(next, last.serial)?.announced).toEqual(some(2));
  });

  test('a change larger than everything is not remembered', () => {
    const many = vrpsOf(
      Array.from({ length: 21_000 }, (_, n) => ({
        prefix: `10.${n >> 8}.${n & 255}.0/24` as Prefix,
        maxLength: 24,
        asn: 1,
      })),
    );
    const ledger = ledgerAfter(ledgerFrom(1, some(1)), many);
    expect(changeSince(ledger, 1)).toBeUndefined();
    expect(changeSince(ledger, 2)?.announced.size).toBe(0);
  });

  test('any difference leads from any past serial to now', () => {
    const sets = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 9 })), { maxLength: 12 });
    fc.assert(
      fc.property(sets, (all) => {
        const ledgers = [ledgerFrom(1, some())];
        for (const set of all) ledgers.push(ledgerAfter(ledgers.at(-1)!, some(...set)));
        const now = ledgers.at(-1)!;
        for (const past of ledgers) {
          const { announced, withdrawn } = changeSince(now, past.serial)!;
          const kept = [...past.current].filter(([key]) => !withdrawn.has(key));
          expect(new Map([...kept, ...announced])).toEqual(now.current);
          expect([...announced.keys()].filter((key) => past.current.has(key))).toEqual([]);
          expect([...withdrawn.keys()].filter((key) => !past.current.has(key))).toEqual([]);
        }
      }),
    );
  });
});

describe('retired prefixes', () => {
  const held = vrpsFrom(viewFixture(nodeFixture(1), [nodeFixture(2, { advertised: lan })]));
  const free = vrpsFrom(viewFixture(nodeFixture(1), []));

  test("a withdrawn prefix is nobody's; an address of the pools is that anyway", () => {
    const retired = retiredAfter([], held, free);
    expect(retired).toEqual(lan);
    expect([...withRetired(free, retired).keys()].filter((key) => !free.has(key))).toEqual([
      '10.20.0.0/16-16 0',
    ]);
  });

  test('authorised again, it is no longer retired', () => {
    expect(retiredAfter(retiredAfter([], held, free), free, held)).toEqual([]);
    expect(withRetired(held, [])).toBe(held);
  });

  test("still another's, it is not retired", () => {
    const others = vrpsFrom(viewFixture(nodeFixture(1), [nodeFixture(3, { advertised: lan })]));
    expect(retiredAfter([], held, others)).toEqual([]);
  });

  test('the oldest are forgotten', () => {
    const many = Array.from({ length: 1_001 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24` as Prefix);
    expect(retiredAfter(many, free, vrpsOf([]))).toHaveLength(1_000);
  });
});
