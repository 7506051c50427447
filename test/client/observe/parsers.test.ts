// The parsers of observe, on what iproute2 6.1 and wg really printed.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addressesFrom } from '../../../client/observe/address.ts';
import { parseList, readIp, type JsonObject } from '../../../client/observe/ip.ts';
import { linksFrom } from '../../../client/observe/link.ts';
import { mainRoutesFrom, ownRoutesFrom } from '../../../client/observe/route.ts';
import { rulesFrom } from '../../../client/observe/rule.ts';
import { wireguardFrom } from '../../../client/observe/wireguard.ts';
import type { Commands } from '../../../client/host/ports.ts';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8');

const list = (name: string): readonly JsonObject[] => parseList(recorded(`${name}.json`));

describe('links', () => {
  const links = linksFrom(list('link'));
  const named = (name: string) => links.find((link) => link.name === name);

  it('reads an ip6gre link whole', () => {
    expect(named('mo-aabcdefgh')).toEqual({
      name: 'mo-aabcdefgh',
      kind: 'ip6gre',
      loopback: false,
      up: true,
      mtu: 1376,
      group: 27_759,
      alias: 'peer.example',
      addressGeneration: 'none',
      tunnel: {
        local: 'fd00:6d65:7368::1',
        remote: 'fd00:6d65:7368::2',
        ttl: 64,
        ignoresEncapsulationLimit: true,
        vni: undefined,
        port: undefined,
      },
    });
  });

  it('reads the IPv6 ends, identifier and port of a VXLAN link', () => {
    expect(named('mo-v')?.tunnel).toMatchObject({
      local: 'fd00:6d65:7368::1',
      remote: 'fd00:6d65:7368::2',
      vni: 3,
      port: 48_880,
    });
  });

  it('sees that a fallback device has no ends, is down, and may set a limit', () => {
    expect(named('ip6gre0')).toMatchObject({
      up: false,
      tunnel: { local: undefined, remote: undefined, ignoresEncapsulationLimit: false },
    });
  });

  it('knows the loopback, and gives physical interfaces no kind', () => {
    expect(named('lo')).toMatchObject({ loopback: true, kind: '' });
  });
});

describe('addresses', () => {
  const addresses = addressesFrom(list('address'));

  it('reads interface, address, length and scope', () => {
    expect(addresses).toContainEqual({
      interface: 'veth0',
      address: '2001:db8::1',
      length: 64,
      scope: 'global',
      temporary: false,
      deprecated: false,
      dynamic: false,
      secondary: false,
    });
  });

  it('tells link-local and loopback from global', () => {
    const narrow = addresses.filter(({ scope }) => scope === 'other').map((at) => at.address);
    expect(narrow).toEqual(expect.arrayContaining(['127.0.0.1', '::1', 'fe80::fa56:ea01']));
  });

  it('reads temporary, deprecated, dynamic and secondary', () => {
    const entry = { local: '2001:db8::2', prefixlen: 64, scope: '0' };
    const flags = { temporary: true, deprecated: true, dynamic: true, secondary: true };
    const [address] = addressesFrom([{ ifname: 'eth0', addr_info: [{ ...entry, ...flags }] }]);
    expect(address).toMatchObject(flags);
  });
});

describe('rules', () => {
  it('reads every kind of rule that we make', () => {
    expect(
      rulesFrom(6, list('rule6')).map(({ priority, from, fwmark, action }) => ({
        priority,
        from,
        fwmark,
        action,
      })),
    ).toEqual([
      { priority: 0, from: undefined, fwmark: undefined, action: { kind: 'lookup', table: 255 } },
      { priority: 20_000, from: undefined, fwmark: 0x6d6f, action: { kind: 'lookup', table: 254 } },
      {
        priority: 20_001,
        from: '2001:db8:5::/48',
        fwmark: undefined,
        action: { kind: 'lookup', table: 254, suppressPrefixLength: 0 },
      },
      {
        priority: 20_002,
        from: '2001:db8:5::/48',
        fwmark: undefined,
        action: { kind: 'lookup', table: 4_200_000_002 },
      },
      {
        priority: 20_003,
        from: '2001:db8:6::/48',
        fwmark: undefined,
        action: { kind: 'goto', priority: 24_999 },
      },
      {
        priority: 20_004,
        from: '2001:db8:5::1/128',
        fwmark: undefined,
        action: { kind: 'lookup', table: 254 },
      },
      { priority: 24_999, from: undefined, fwmark: undefined, action: { kind: 'nop' } },
      {
        priority: 32_766,
        from: undefined,
        fwmark: undefined,
        action: { kind: 'lookup', table: 254 },
      },
    ]);
  });

  it('reads the protocol, and an unresolved goto is still that goto', () => {
    expect(rulesFrom(6, list('rule6')).map(({ protocol }) => protocol)).toContain(109);
    const [unresolved] = rulesFrom(4, list('rule4')).filter(({ action }) => action.kind === 'goto');
    expect(unresolved).toMatchObject({ from: '192.0.2.32/27', foreign: false });
  });

  it('knows that a condition without a word of ours makes a rule foreign', () => {
    const [rule] = rulesFrom(4, [{ priority: 20_001, src: 'all', iif: 'eth0', table: '254' }]);
    expect(rule?.foreign).toBe(true);
  });
});

describe('routes', () => {
  it('reads an IPv4 route by an IPv6 next hop, plain and by a next hop object', () => {
    expect(mainRoutesFrom(4, list('main4')).filter(({ protocol }) => protocol === 186)).toEqual([
      {
        family: 4,
        table: 254,
        to: '10.128.0.2/32',
        interface: 'mo-aabcdefgh',
        via: 'fe80::2',
        protocol: 186,
        metric: 0,
        live: true,
      },
      {
        family: 4,
        table: 254,
        to: '10.128.0.3/32',
        interface: 'mo-aabcdefgh',
        via: 'fe80::2',
        protocol: 186,
        metric: 20,
        live: true,
      },
    ]);
  });

  it('takes the first living one of several next hops', () => {
    const main = mainRoutesFrom(6, list('main6'));
    expect(main.find(({ to }) => to === 'fd00:beef:beef::4/128')).toMatchObject({ via: 'fe80::2' });
    const nexthops = [
      { gateway: 'fe80::2', dev: 'a', flags: ['linkdown'] },
      { gateway: 'fe80::3', dev: 'b', flags: [] },
    ];
    const [route] = mainRoutesFrom(6, [{ dst: 'fd00::4', nexthops, flags: [] }]);
    expect(route).toMatchObject({ via: 'fe80::3', interface: 'b', live: true });
  });

  it('reads tables beyond 32 bits signed, and leaves main to the other answer', () => {
    expect(ownRoutesFrom(6, list('own6'))).toMatchObject([
      { table: 4_200_000_002, to: '::/0', via: 'fe80::2', protocol: 109 },
    ]);
    expect(ownRoutesFrom(6, [{ dst: 'default', dev: 'a', flags: [] }])).toEqual([]);
  });
});

describe('WireGuard', () => {
  it('reads device and peers and keeps no private key', () => {
    const device = wireguardFrom(recorded('wg-dump.txt'), 1_800_000_000);
    expect(device).toEqual({
      interface: 'mo-wg',
      publicKey: 'QTfPCc19C78IB5HkHu7q22yWjNiG1F6ViPlBMzP5ukg=',
      listenPort: 12_385,
      fwmark: 0x6d6f,
      peers: [
        {
          publicKey: 'wgY0WIQppzHgvKj4hOxp+hMvvj0CvXs/nutI2NcksWc=',
          endpoint: '[2001:db8::2]:12385',
          allowedIps: ['fd00:6d65:7368::2/128', '10.192.0.2/32'],
          keepaliveSeconds: 25,
          lastHandshakeSeconds: 0,
          handshakeAgeSeconds: undefined,
          receivedBytes: 0,
          sentBytes: 296,
        },
      ],
    });
  });

  it('counts the age of a handshake from the time of observation', () => {
    const peer = `${'A'.repeat(43)}=\t(none)\t(none)\t(none)\t1799999990\t1\t2\toff`;
    expect(wireguardFrom(`x\ty\t1\toff\n${peer}\n`, 1_800_000_000).peers).toMatchObject([
      { handshakeAgeSeconds: 10, endpoint: undefined, allowedIps: [], keepaliveSeconds: 0 },
    ]);
  });
});

describe('reading through ip', () => {
  const answering = (stdout: string, code = 0, stderr = ''): Commands => ({
    run: () => Promise.resolve({ code, stdout, stderr }),
    startDetached: () => Promise.resolve(),
    follow: () => () => undefined,
  });

  it('refuses to go on with an answer missing', async () => {
    await expect(readIp(answering('[]\n'), ['link show', 'rule show'])).rejects.toThrow('1 of 2');
  });

  it('says what could not be read and what to look at', async () => {
    await expect(
      readIp(answering('', 1, 'Address family not supported'), ['rule show'], { family: 6 }),
    ).rejects.toThrow(/rule show: Address family not supported.*IPv6 enabled/);
  });
});
