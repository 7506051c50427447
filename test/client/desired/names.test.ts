// Names derive from identity, fit the kernel, and never meet.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  linkLocalOf,
  linkName,
  nodeInterface,
  rangePriority,
  ruleBand,
  gatherersPerRange,
  vxlanOf,
  wireguardInterface,
} from '../../../client/desired/names.ts';
import { firstAsn, lastAsn, type Asn } from '../../../shared/address/asn.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';

const asn = fc.integer({ min: firstAsn, max: lastAsn }).map((value) => value as Asn);

describe('link names', () => {
  it('stay what they are, or every session of a mesh would flap at an upgrade', () => {
    expect(linkName('web-1.example.org' as Hostname)).toBe('mo-web1ea4vxmgo');
    expect(linkName('a' as Hostname)).toBe('mo-akxbsk35k');
  });

  it('fit an interface and are no name of ours', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/), (name) => {
        const link = linkName(name as Hostname);
        expect(link).toMatch(/^mo-[a-z0-9]{9,12}$/);
        expect([wireguardInterface, nodeInterface]).not.toContain(link);
      }),
    );
  });

  it('differ for 20,000 hosts', () => {
    const names = Array.from({ length: 20_000 }, (_, n) =>
      linkName(`host${String(n)}` as Hostname),
    );
    expect(new Set(names).size).toBe(20_000);
  });
});

describe('VXLAN', () => {
  it('is the same from both ends and in range', () => {
    fc.assert(
      fc.property(asn, asn, (a, b) => {
        expect(vxlanOf(a, b)).toEqual(vxlanOf(b, a));
        expect(vxlanOf(a, b).vni).toBeLessThan(1 << 24);
        expect(vxlanOf(a, b).port).toBeGreaterThanOrEqual(48_880);
        expect(vxlanOf(a, b).port).toBeLessThanOrEqual(48_891);
      }),
    );
  });

  it('tells the peers of a node apart', () => {
    fc.assert(
      fc.property(asn, asn, asn, (self, a, b) => {
        fc.pre(a !== b);
        expect(vxlanOf(self, a)).not.toEqual(vxlanOf(self, b));
      }),
    );
  });
});

describe('the rule band', () => {
  it('has a place for every length and rank, longer first, between local and main', () => {
    const all = [...Array(129).keys()].flatMap((short) =>
      [...Array(gatherersPerRange + 1).keys()].map((rank) => rangePriority(128 - short, rank)),
    );
    expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
    expect(all[0]).toBeGreaterThan(ruleBand.hostAddresses);
    expect(all.at(-1)).toBeLessThan(ruleBand.end);
    expect(ruleBand.end).toBeLessThan(32_766);
  });
});

describe('link-local addresses', () => {
  it('carry the ASN', () => {
    expect(linkLocalOf(4_200_000_001 as Asn)).toBe('fe80::fa56:ea01');
  });
});
