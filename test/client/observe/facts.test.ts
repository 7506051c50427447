// Facts: the underlay chosen, the host's own addresses, advertisements, live next hops.
import { describe, expect, it } from 'vitest';
import { factsFrom } from '../../../client/observe/facts.ts';
import { linkGroup } from '../../../client/desired/names.ts';
import type { Facts } from '../../../client/desired/facts.ts';
import type {
  Observed,
  ObservedAddress,
  ObservedLink,
  ObservedRoute,
} from '../../../client/observe/observed.ts';
import type { Ip } from '../../../shared/address/ip.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';

const link = (name: string, changes: Partial<ObservedLink> = {}): ObservedLink => ({
  name,
  kind: '',
  loopback: false,
  up: true,
  mtu: 1500,
  group: 0,
  alias: '',
  addressGeneration: 'eui64',
  tunnel: {
    local: undefined,
    remote: undefined,
    ttl: undefined,
    ignoresEncapsulationLimit: false,
    vni: undefined,
    port: undefined,
  },
  ...changes,
});

const address = (
  name: string,
  text: string,
  changes: Partial<ObservedAddress> = {},
): ObservedAddress => ({
  interface: name,
  address: text as Ip,
  length: 64,
  scope: 'global',
  temporary: false,
  deprecated: false,
  dynamic: false,
  secondary: false,
  ...changes,
});

const route = (to: string, name: string, changes: Partial<ObservedRoute> = {}): ObservedRoute => ({
  family: to.includes(':') ? 6 : 4,
  table: 254,
  to: to as Prefix,
  interface: name,
  via: undefined,
  protocol: 3,
  metric: 0,
  live: true,
  ...changes,
});

const factsOf = (observed: Partial<Observed>, underlay?: string): Facts =>
  factsFrom({
    observed: {
      links: [],
      addresses: [],
      wireguard: undefined,
      rules: [],
      routes: [],
      firewall: { table: undefined, fault: undefined, applied: undefined },
      forwardDrops: [],
      sysctls: [],
      savedSysctls: [],
      appliedEndpoints: [],
      ...observed,
    },
    config: { underlay },
    kernelWireGuard: true,
    frr: undefined,
    templates: {},
  });

describe('the underlay', () => {
  const links = [
    link('eth0', { mtu: 9000 }),
    link('eth1'),
    link('tun5', { kind: 'tun' }),
    link('docker0', { kind: 'bridge' }),
    link('br-0123456789ab', { kind: 'bridge' }),
    link('dummy7', { kind: 'dummy' }),
    link('mo-node', { kind: 'dummy', group: linkGroup }),
    link('down0', { up: false }),
  ];

  it('is never a tunnel, a bridge of containers, a dummy, ours or down', () => {
    const addresses = links
      .filter(({ name }) => !name.startsWith('eth'))
      .map(({ name }, index) => address(name, `2001:db8::${String(index + 1)}`));
    expect(factsOf({ links, addresses }).underlay).toBeUndefined();
  });

  it('is never temporary, deprecated, link-local or IPv4', () => {
    const addresses = [
      address('eth0', '2001:db8::1', { temporary: true }),
      address('eth0', '2001:db8::2', { deprecated: true }),
      address('eth0', 'fe80::1', { scope: 'other' }),
      address('eth0', '192.0.2.1'),
    ];
    expect(factsOf({ links, addresses }).underlay).toBeUndefined();
  });

  it('is on the interface of the default route, with its MTU', () => {
    const addresses = [address('eth1', '2001:db8::1'), address('eth0', '2001:db8::2')];
    const routes = [route('::/0', 'eth0')];
    expect(factsOf({ links, addresses, routes }).underlay).toEqual({
      interface: 'eth0',
      address: '2001:db8::2',
      mtu: 9000,
    });
  });

  it('is public before local, and lasting before learnt', () => {
    const local = address('eth0', 'fd12::1');
    const learnt = address('eth0', '2001:db8::9', { dynamic: true });
    const lasting = address('eth0', '2001:db8::a');
    const of = (...addresses: ObservedAddress[]) => factsOf({ links, addresses }).underlay?.address;
    expect(of(local, learnt)).toBe('2001:db8::9');
    expect(of(learnt, lasting)).toBe('2001:db8::a');
    expect(of(local)).toBe('fd12::1');
  });

  it('is what the operator names: interface or address, even IPv4 on a bridge', () => {
    const addresses = [
      address('eth0', '2001:db8::2'),
      address('eth1', '192.0.2.7'),
      address('docker0', '172.17.0.1'),
    ];
    expect(factsOf({ links, addresses }, 'eth1').underlay?.address).toBe('192.0.2.7');
    expect(factsOf({ links, addresses }, '172.17.0.1').underlay?.interface).toBe('docker0');
    expect(factsOf({ links, addresses }, 'eth9').underlay).toBeUndefined();
  });
});

describe('other facts', () => {
  it('counts addresses of the underlay and of default routes as the host’s own', () => {
    const links = [link('eth0'), link('wan0'), link('lan0'), link('mo-node', { group: linkGroup })];
    const addresses = [
      address('eth0', '2001:db8::1'),
      address('eth0', '192.0.2.1'),
      address('wan0', '198.51.100.1'),
      address('lan0', '10.0.0.1'),
      address('mo-node', '10.128.0.1'),
    ];
    const routes = [route('0.0.0.0/0', 'wan0'), route('0.0.0.0/0', 'mo-node')];
    expect(factsOf({ links, addresses, routes }).hostAddresses).toEqual([
      '192.0.2.1',
      '198.51.100.1',
      '2001:db8::1',
    ]);
  });

  it('keeps advertisements where the kernel itself hears them, not where a daemon does', () => {
    const routes = ['eth0', 'eth1'].map((name) => route('::/0', name, { protocol: 9 }));
    const addresses = [address('eth2', '2001:db8::1', { dynamic: true })];
    const sysctls = ['eth0', 'eth1', 'eth2', 'eth3'].map((name) => ({
      key: `net/ipv6/conf/${name}/accept_ra`,
      value: name === 'eth1' ? '0' : '1',
    }));
    const links = ['eth0', 'eth1', 'eth2', 'eth3'].map((name) => link(name));
    const facts = factsOf({ links, routes, addresses, sysctls });
    expect(facts.routerAdvertisementInterfaces).toEqual(['eth0', 'eth2']);
  });

  it('takes only living host routes of BGP as next hops', () => {
    const bgp = { protocol: 186, via: 'fe80::2' as Ip };
    const routes = [
      route('10.128.0.2/32', 'mo-a', bgp),
      route('10.128.0.3/32', 'mo-b', { ...bgp, live: false }),
      route('10.128.0.4/32', 'mo-c', { ...bgp, protocol: 3 }),
      route('10.20.0.0/16', 'mo-d', bgp),
    ];
    expect(factsOf({ routes }).nextHops).toEqual([
      { to: '10.128.0.2/32', interface: 'mo-a', via: 'fe80::2' },
    ]);
  });
});
