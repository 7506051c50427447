// The firewall's table as a whole, each golden file read and agreed on by people, and what it leaves out.
import { describe, expect, it } from 'vitest';
import type { AgentConfig } from '../../../client/config.ts';
import { firewallFor } from '../../../client/desired/firewall.ts';
import { linksFor } from '../../../client/desired/link.ts';
import { linkName } from '../../../client/desired/names.ts';
import type { Ip } from '../../../shared/address/ip.ts';
import type { Peer } from '../../../shared/mesh/peer.ts';
import {
  configFixture,
  factsFixture,
  gathers,
  nodeFixture,
  viewFixture,
  wireguardKeyFixture,
} from '../../fake/view.ts';

const textFor = (
  peers: readonly Peer[],
  config: Partial<AgentConfig> = {},
  self = nodeFixture(1),
): string => {
  const input = {
    view: viewFixture(self, peers),
    facts: factsFixture(),
    config: configFixture(config),
    wireguardKey: wireguardKeyFixture,
  };
  return firewallFor(input, linksFor(input))?.text ?? '';
};

const drivers = [
  nodeFixture(2, { gathering: [gathers('0.0.0.0/0'), gathers('192.0.2.0/24')] }),
  nodeFixture(3, { linkDriver: 'gre' }),
  nodeFixture(4, { linkDriver: 'vxlan' }),
  nodeFixture(0xfff0, { linkDriver: 'vxlan', gathering: [gathers('fd00:beef::/32')] }),
];

describe('goldens', () => {
  it.each<readonly [string, string]>([
    ['no peer', textFor([])],
    ['one peer', textFor([nodeFixture(2)])],
    [
      'every driver, gathering over the pools, neighbours outside',
      textFor(drivers, { bgpNeighbours: ['2001:db8::b', '192.0.2.1', '192.0.2.1'] as Ip[] }),
    ],
  ])('%s', async (name, text) => {
    const file = `../../golden/firewall/${name.split(/[ ,]/).slice(0, 2).join('-')}.nft`;
    await expect(text).toMatchFileSnapshot(file);
  });
});

describe('the text', () => {
  it('is the same whatever the order of the peers', () => {
    expect(textFor(drivers)).toBe(textFor([...drivers].reverse()));
  });

  it('lets a gatherer pass on only what it gathers', () => {
    const text = textFor([nodeFixture(2, { gathering: [gathers('10.128.0.64/26')] })]);
    expect(text).toContain(`iifname "${linkName(nodeFixture(2).name)}" ip saddr 10.128.0.64/26`);
    expect(text).not.toContain('ip6 saddr ::/0');
  });

  it('asks nothing of WireGuard where that is left to the operator', () => {
    expect(textFor(drivers, { disabled: ['frr', 'wireguard'] })).not.toContain('mo-wg');
  });

  it('closes BGP and BFD altogether where the links are left out', () => {
    const text = textFor(drivers, { disabled: ['frr', 'links'] });
    expect(text).toContain('set links {\n\t\ttype ifname\n\t}');
    expect(text).toContain('tcp dport 179 jump routing');
  });
});

describe('no table', () => {
  it('where it is switched off', () => {
    expect(textFor(drivers, { disabled: ['firewall'] })).toBe('');
  });

  it('where the host has no nftables', () => {
    const input = {
      view: viewFixture(nodeFixture(1), drivers),
      facts: { ...factsFixture(), nftablesFault: 'no nft' },
      config: configFixture(),
      wireguardKey: wireguardKeyFixture,
    };
    expect(firewallFor(input, linksFor(input))).toBeUndefined();
  });
});
