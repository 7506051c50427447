// What must exist, as whole results: each golden file is one node's host, read and agreed on by people.
import { describe, expect, it } from 'vitest';
import type { AgentConfig } from '../../../client/config.ts';
import type { Facts } from '../../../client/desired/facts.ts';
import type { Desired } from '../../../client/desired/desired.ts';
import { desiredFor } from '../../../client/desired/desired-for.ts';
import { linkName } from '../../../client/desired/names.ts';
import { ruleKey } from '../../../client/plan/rule.ts';
import { endpointOf } from '../../../shared/address/endpoint.ts';
import type { Ip } from '../../../shared/address/ip.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';
import type { View } from '../../../shared/mesh/view.ts';
import {
  configFixture,
  factsFixture as facts,
  gathers,
  nodeFixture,
  viewFixture,
  wireguardKeyFixture,
} from '../../fake/view.ts';

const outcome = (view: View, shown = facts(), config: Partial<AgentConfig> = {}) =>
  desiredFor({
    view,
    facts: shown,
    config: configFixture(config),
    wireguardKey: wireguardKeyFixture,
  });

const nodes = [
  nodeFixture(2, { gathering: [gathers('192.0.2.0/24', 20), gathers('2001:db8:5::/48')] }),
  nodeFixture(3, { linkDriver: 'gre', gathering: [gathers('192.0.2.0/24')] }),
  nodeFixture(4, { linkDriver: 'vxlan' }),
];

const nextHops = [2, 3].flatMap((n) => [
  { to: `10.128.0.${String(n)}/32` as Prefix, interface: 'mo-x', via: 'fe80::2' as Ip },
  { to: `fd00:beef:beef::${String(n)}/128` as Prefix, interface: 'mo-x', via: 'fe80::2' as Ip },
]);

/** The firewall's text has golden files of its own. */
const withoutText = (desired: Desired): Desired => ({ ...desired, firewall: undefined });

describe('goldens', () => {
  it('a node of four with every driver and gathering', async () => {
    const { desired } = outcome(viewFixture(nodeFixture(1), nodes), facts({ nextHops }));
    const text = `${JSON.stringify(withoutText(desired), undefined, 1)}\n`;
    await expect(text).toMatchFileSnapshot('../../golden/desired/four-drivers-gathering.json');
  });

  it('a node that gathers a range inside another, on an underlay of 1492 bytes', async () => {
    const self = nodeFixture(1, { gathering: [gathers('192.0.2.128/25')] });
    const underlay = { interface: 'ppp0', address: '2001:db8::1' as Ip, mtu: 1492 };
    const { desired } = outcome(viewFixture(self, nodes), facts({ underlay }));
    const text = `${JSON.stringify(withoutText(desired), undefined, 1)}\n`;
    await expect(text).toMatchFileSnapshot('../../golden/desired/gatherer-inside-range.json');
  });
});

describe('both ends of a link agree', () => {
  it('on driver, identifier and port, and name it after the other', () => {
    const [one, two] = [nodeFixture(1), nodeFixture(40_000, { linkDriver: 'vxlan' })];
    const [here] = outcome(viewFixture(one, [two])).desired.links.filter((link) => 'peer' in link);
    const [there] = outcome(viewFixture(two, [one])).desired.links.filter((link) => 'peer' in link);
    expect(here).toMatchObject({ kind: 'vxlan', name: linkName(two.name) });
    expect(there).toMatchObject({ kind: 'vxlan', name: linkName(one.name) });
    expect(here?.vxlan).toEqual(there?.vxlan);
    expect([here?.local, here?.remote]).toEqual([there?.remote, there?.local]);
  });
});

describe('MTU', () => {
  const mtus = (mtu: number) =>
    outcome(
      viewFixture(nodeFixture(1), nodes),
      facts({ underlay: { interface: 'eth0', address: '2001:db8::1' as Ip, mtu } }),
    );

  it.each([
    [1500, { wireguard: 1420, ip6gre: 1376, gre: 1396, vxlan: 1350 }],
    [1280, { wireguard: 1324, ip6gre: 1280, gre: 1300, vxlan: 1280 }],
    [9000, { wireguard: 8920, ip6gre: 8876, gre: 8896, vxlan: 8850 }],
  ])('follows an underlay of %i', (underlay, expected) => {
    const { links } = mtus(underlay).desired;
    const byKind = Object.fromEntries(links.map(({ kind, mtu }) => [kind, mtu]));
    expect(byKind).toMatchObject(expected);
  });

  it('of 1403 is complained of, of 1404 not', () => {
    expect(mtus(1403).complaints).toEqual([expect.stringContaining('MTU of 1403')]);
    expect(mtus(1404).complaints).toEqual([]);
  });
});

describe('gathering', () => {
  const keys = (view: View, shown = facts()) => outcome(view, shown).desired.rules.map(ruleKey);

  it('makes no rule at all where nobody gathers', () => {
    expect(keys(viewFixture(nodeFixture(1), [nodeFixture(2)]))).toEqual([]);
  });

  it('goes through the longer range first, whatever its gatherers', () => {
    const wide = nodeFixture(2, { gathering: [gathers('192.0.2.0/24', 1)] });
    const narrow = nodeFixture(3, { gathering: [gathers('192.0.2.0/27', 99)] });
    const inOrder = keys(viewFixture(nodeFixture(1), [wide, narrow]));
    const at = (text: string) => inOrder.findIndex((key) => key.includes(text));
    expect(at('lookup 4200000003')).toBeLessThan(at('lookup 4200000002'));
  });

  it('asks the preferred gatherer first, and by name among equals', () => {
    const view = viewFixture(
      nodeFixture(1),
      [30, 10, 10].map((preference, index) =>
        nodeFixture(index + 2, { gathering: [gathers('192.0.2.0/24', preference)] }),
      ),
    );
    const tables = keys(view).filter((key) => key.includes('lookup 42'));
    expect(tables.map((key) => key.split(' ').at(-1))).toEqual([
      '4200000003',
      '4200000004',
      '4200000002',
    ]);
  });

  it('keeps a range that this node gathers here, before wider ones', () => {
    const self = nodeFixture(1, { gathering: [gathers('192.0.2.0/27')] });
    const wide = nodeFixture(2, { gathering: [gathers('192.0.2.0/24'), gathers('192.0.2.0/27')] });
    const own = keys(viewFixture(self, [wide])).filter((key) => key.includes('192.0.2.0/27'));
    expect(own).toEqual([expect.stringContaining('goto')]);
  });

  it('spares the host’s own addresses that a range covers, right after the mark', () => {
    const view = viewFixture(nodeFixture(1), [
      nodeFixture(2, { gathering: [gathers('2001:db8::/32')] }),
    ]);
    const spared = facts({ hostAddresses: ['192.0.2.1', '2001:db8::1', '2001:db8::7'] as Ip[] });
    expect(keys(view, spared).slice(0, 3)).toEqual([
      'IPv6 20000: from all fwmark 0x6d6f lookup 254',
      'IPv6 20001: from 2001:db8::1/128 lookup 254',
      'IPv6 20001: from 2001:db8::7/128 lookup 254',
    ]);
  });

  it('warns of a range over an underlay address of any node', () => {
    const view = viewFixture(nodeFixture(1), [
      nodeFixture(2, { gathering: [gathers('2001:db8::/125')] }),
      nodeFixture(9),
    ]);
    expect(outcome(view).complaints).toEqual([
      expect.stringContaining('2001:db8::1, the underlay address of node1'),
      expect.stringContaining('2001:db8::2, the underlay address of node2'),
    ]);
  });

  it('leads to a gatherer only while it has a living next hop', () => {
    const view = viewFixture(nodeFixture(1), nodes);
    expect(outcome(view).desired.routes).toEqual([]);
    const two = facts({ nextHops: nextHops.slice(0, 1) });
    expect(outcome(view, two).desired.routes).toMatchObject([
      { family: 4, table: 4_200_000_002, via: 'fe80::2' },
    ]);
  });

  it('is off when disabled', () => {
    const view = viewFixture(nodeFixture(1), nodes);
    const { desired, complaints } = outcome(view, facts(), { disabled: ['gathering'] });
    expect([desired.rules, desired.routes, complaints]).toEqual([[], [], []]);
  });
});

describe('WireGuard', () => {
  const endpoints = ['192.0.2.2', '2001:db8::2'].map((ip) => endpointOf(ip as Ip, 1));
  const endpointOn = (underlay: Facts['underlay']) =>
    outcome(viewFixture(nodeFixture(1), [nodeFixture(2, { endpoints })]), facts({ underlay }))
      .desired.wireguard?.peers[0]?.endpoint;

  it('takes the first endpoint of the underlay’s family', () => {
    const mtu = 1500;
    expect(endpointOn({ interface: 'e', address: '2001:db8::1' as Ip, mtu })).toBe(endpoints[1]);
    expect(endpointOn({ interface: 'e', address: '192.0.2.1' as Ip, mtu })).toBe(endpoints[0]);
    expect(endpointOn(undefined)).toBe(endpoints[0]);
  });

  it('is a program where the kernel has none, unless an operator says otherwise', () => {
    const implementation = (config: Partial<AgentConfig>, kernelWireGuard: boolean) =>
      outcome(viewFixture(nodeFixture(1), []), facts({ kernelWireGuard }), config)
        .desired.links.filter((link) => link.kind === 'wireguard')
        .map((link) => link.implementation);
    expect(implementation({}, true)).toEqual(['kernel']);
    expect(implementation({}, false)).toEqual(['userspace']);
    expect(implementation({ wireguard: 'kernel' }, false)).toEqual(['kernel']);
    expect(implementation({ wireguard: 'userspace' }, true)).toEqual(['userspace']);
  });

  it('prints no private key', () => {
    const { desired } = outcome(viewFixture(nodeFixture(1), []));
    expect(JSON.stringify(desired)).not.toContain(wireguardKeyFixture.private.reveal());
  });
});

describe('complaints', () => {
  const alone = viewFixture(nodeFixture(1), []);
  const none = facts({ underlay: undefined });

  it('name the remedy when no underlay was found', () => {
    expect(outcome(alone, none).complaints).toEqual([
      expect.stringMatching(/-underlay.*-endpoint/),
    ]);
    expect(outcome(alone, none, { underlay: 'eth7' }).complaints).toEqual([
      expect.stringContaining('-underlay eth7 names no usable address'),
    ]);
  });

  it('are silent where the endpoint is told', () => {
    const endpoints = [endpointOf('192.0.2.1' as Ip, 7)];
    expect(outcome(alone, none, { endpoints }).complaints).toEqual([]);
  });
});

describe('parts switched off', () => {
  it('leave the rest', () => {
    const view = viewFixture(nodeFixture(1), nodes);
    const { desired } = outcome(view, facts(), { disabled: ['wireguard', 'links', 'sysctl'] });
    expect(desired.links.map(({ kind }) => kind)).toEqual(['dummy']);
    expect([desired.sysctls, desired.wireguard]).toEqual([[], undefined]);
  });
});
