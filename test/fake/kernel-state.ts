// The state of a small fake kernel, and what one change in it does to the rest.
import { familyOf, type Family, type Ip } from '../../shared/address/ip.ts';
import { prefixOf, type Prefix } from '../../shared/address/prefix.ts';

export interface FakeLink {
  name: string;
  kind: string;
  mtu: number;
  group: number;
  alias: string;
  generation: string;
  up: boolean;
  local: string | undefined;
  remote: string | undefined;
  ttl: number | undefined;
  ignoresLimit: boolean;
  vni: number | undefined;
  port: number | undefined;
}

export interface FakeAddress {
  readonly dev: string;
  readonly address: Ip;
  readonly length: number;
}

export interface FakeRule {
  readonly family: Family;
  readonly priority: number;
  readonly from: string;
  readonly fwmark: string | undefined;
  readonly action: string;
  readonly protocol: number;
}

export interface FakeRoute {
  readonly family: Family;
  readonly table: number;
  readonly to: Prefix;
  readonly via: string | undefined;
  readonly dev: string;
  readonly protocol: number;
}

export interface FakePeer {
  endpoint: string | undefined;
  allowed: readonly string[];
  keepalive: number;
  handshake: number;
}

export interface FakeDevice {
  publicKey: string;
  port: number;
  fwmark: string;
  peers: Map<string, FakePeer>;
}

export class FakeKernelState {
  readonly links = new Map<string, FakeLink>();
  readonly devices = new Map<string, FakeDevice>();
  readonly sysctls = new Map<string, string>();
  addresses: readonly FakeAddress[] = [];
  rules: readonly FakeRule[] = [];
  routes: readonly FakeRoute[] = [];
  /** Our nftables table, as given; undefined = not there. */
  firewall: string | undefined;
  /** Lines and commands that changed something or tried to. */
  writes = 0;

  constructor() {
    this.sysctls.set('net/ipv4/conf/all/forwarding', '0');
    this.sysctls.set('net/ipv6/conf/all/forwarding', '0');
    this.addLink(fakeLink('under0', 'veth'));
    const under = this.links.get('under0');
    if (under !== undefined) under.up = true;
    this.addresses = [{ dev: 'under0', address: '2001:db8::1' as Ip, length: 64 }];
  }

  addLink(link: FakeLink): void {
    this.links.set(link.name, link);
    this.sysctls.set(`net/ipv4/conf/${link.name}/rp_filter`, '0');
    this.sysctls.set(`net/ipv6/conf/${link.name}/accept_ra`, '1');
    if (link.kind === 'wireguard') {
      this.devices.set(link.name, {
        publicKey: '(none)',
        port: 0,
        fwmark: 'off',
        peers: new Map(),
      });
    }
  }

  deleteLink(name: string): void {
    this.links.delete(name);
    this.devices.delete(name);
    this.addresses = this.addresses.filter(({ dev }) => dev !== name);
    this.routes = this.routes.filter(({ dev }) => dev !== name);
    for (const key of [...this.sysctls.keys()]) {
      if (key.split('/')[3] === name) this.sysctls.delete(key);
    }
  }

  setUp(link: FakeLink): void {
    link.up = true;
    const address = `fe80::5054:ff:fe00:${String(link.name.length)}` as Ip;
    if (link.generation !== 'none') this.addAddress({ dev: link.name, address, length: 64 });
  }

  setDown(link: FakeLink): void {
    link.up = false;
    this.routes = this.routes.filter(({ dev }) => dev !== link.name);
    this.dropSix(link.name);
  }

  /** Under 1280 bytes the kernel takes IPv6 off the interface, settings and all. */
  setMtu(link: FakeLink, mtu: number): void {
    link.mtu = mtu;
    if (mtu >= 1280) return;
    link.generation = 'eui64';
    this.dropSix(link.name);
    this.sysctls.delete(`net/ipv6/conf/${link.name}/accept_ra`);
  }

  private dropSix(name: string): void {
    this.addresses = this.addresses.filter(
      ({ dev, address }) => dev !== name || familyOf(address) === 4,
    );
    this.routes = this.routes.filter(({ dev, family }) => dev !== name || family === 4);
  }

  addAddress(address: FakeAddress): void {
    this.addresses = [...this.addresses, address];
  }

  /** A subnet's first IPv4 address takes its later ones along. */
  deleteAddress(gone: FakeAddress): void {
    const first = !this.isSecondary(gone);
    this.addresses = this.addresses.filter(
      (other) => other !== gone && !(first && sameSubnet(other, gone)),
    );
  }

  isSecondary(address: FakeAddress): boolean {
    const before = this.addresses.slice(0, this.addresses.indexOf(address));
    return before.some((other) => sameSubnet(other, address));
  }

  /** All of it, a line an item, sorted: equal kernels print alike. */
  print(): string {
    const lines = [
      `firewall ${JSON.stringify(this.firewall ?? '')}`,
      ...[...this.links.values()].map((link) => `link ${JSON.stringify(link)}`),
      ...this.addresses.map(
        ({ dev, address, length }) => `address ${address}/${String(length)} ${dev}`,
      ),
      ...this.rules.map((rule) => `rule ${JSON.stringify(rule)}`),
      ...this.routes.map((route) => `route ${JSON.stringify(route)}`),
      ...[...this.sysctls].map(([key, value]) => `sysctl ${key}=${value}`),
      ...[...this.devices].map(
        ([name, { peers, ...device }]) =>
          `wireguard ${name} ${JSON.stringify(device)} ${JSON.stringify([...peers].sort())}`,
      ),
    ];
    return `${lines.sort().join('\n')}\n`;
  }
}

const sameSubnet = (a: FakeAddress, b: FakeAddress): boolean =>
  a !== b &&
  a.dev === b.dev &&
  familyOf(a.address) === 4 &&
  familyOf(b.address) === 4 &&
  a.length === b.length &&
  prefixOf(a.address, a.length) === prefixOf(b.address, b.length);

export const fakeLink = (name: string, kind: string): FakeLink => ({
  name,
  kind,
  mtu: 1500,
  group: 0,
  alias: '',
  generation: 'eui64',
  up: false,
  local: undefined,
  remote: undefined,
  ttl: undefined,
  ignoresLimit: false,
  vni: undefined,
  port: undefined,
});
