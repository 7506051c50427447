// A hostile peer with a real FRR: nothing of it comes in, and it is known by name and prefix.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../client/host/system-clock.ts';
import { linkName } from '../../client/desired/names.ts';
import { readFrrSessions } from '../../client/status/frr.ts';
import { OriginWatch, type Refused } from '../../client/status/origin-watch.ts';
import { peerOf, type FrrCase } from '../client/desired/frr-case.ts';
import { until } from './frr-node.ts';
import { frrVersions } from './images.ts';
import { announce, askBgpd, bgpRoutes, startPair, type Pair } from './two-hosts.ts';

const [left, right] = [peerOf(1), peerOf(2)];
const network: FrrCase = { self: left, peers: [right] };
const own = ['10.128.0.2', 'fd00:beef:beef::2'];

const residentKiB = async (pair: Pair): Promise<number> => {
  const status = await pair.a.node.host.containers.exec('meshover-frr', [
    'sh',
    '-c',
    'grep VmRSS /proc/$(cat /run/frr/bgpd.pid)/status',
  ]);
  return Number(/(\d+) kB/.exec(status.stdout)?.[1]);
};

/** `b` announces so many prefixes that nobody gave it. */
const announceMany = async (pair: Pair, [from, to]: readonly [number, number]): Promise<void> => {
  const numbers = Array.from({ length: to - from }, (_, n) => from + n);
  const lines = numbers.map((n) => `  network 11.${n >> 8}.${n & 255}.0/24`);
  const { host } = pair.b.node;
  const script = `router bgp ${right.asn}\n address-family ipv4 unicast\n${lines.join('\n')}\n`;
  await host.files.write(`${host.stateDir}/frr/many.conf`, script, 0o644);
  const argv = ['vtysh', '-f', '/etc/frr/many.conf'];
  expect(await host.containers.exec('meshover-frr', argv)).toMatchObject({ code: 0 });
};

describe.each(frrVersions)('FRR %s', (version) => {
  let pair: Pair;
  let watch: OriginWatch;
  const look = async (): Promise<Refused | undefined> => {
    const sessions = await readFrrSessions(pair.a.node.host.vty);
    return (await watch.look(sessions)).get(linkName(right.name));
  };
  beforeAll(async () => {
    pair = await startPair(version, { a: left, b: right }, { network });
    watch = new OriginWatch(pair.a.node.host.vty, systemClock);
    await pair.routesAre(own);
  });
  afterAll(() => pair.stop());

  test('an honest peer has no violations', async () => {
    expect(await look()).toEqual({ refusedPrefixes: 0, violations: [] });
  });

  test("another's address, a default route and a LAN are refused and named", async () => {
    const foreign = ['0.0.0.0/0', '10.128.0.99/32', '192.168.0.0/16'];
    for (const prefix of foreign) await announce(pair.b, 4, prefix);
    await announce(pair.b, 6, '::/0');
    await pair.hasHeard([...foreign, '::/0']);
    expect(await look()).toEqual({
      refusedPrefixes: 4,
      violations: [...foreign, '::/0'].map((prefix) => ({ prefix, path: String(right.asn) })),
    });
    expect(bgpRoutes(pair.a.node)).toEqual(own);
  });

  test('of 10,000 prefixes none comes in, bgpd stays small, and all are counted', async () => {
    const before = await residentKiB(pair);
    const lines = Array.from(
      { length: 10_000 },
      (_, n) => `  network 11.${n >> 8}.${n & 255}.0/24`,
    );
    const { host } = pair.b.node;
    const script = `router bgp ${right.asn}\n address-family ipv4 unicast\n${lines.join('\n')}\n`;
    await host.files.write(`${host.stateDir}/frr/many.conf`, script, 0o644);
    const filled = await host.containers.exec('meshover-frr', [
      'vtysh',
      '-f',
      '/etc/frr/many.conf',
    ]);
    expect(filled).toMatchObject({ code: 0 });
    await until(async () => (await look())?.refusedPrefixes === 10_004);
    expect((await look())?.violations[3]).toEqual({ prefix: '11.0.1.0/24', path: '' });
    expect(bgpRoutes(pair.a.node)).toEqual(own);
    const [session] = await readFrrSessions(pair.a.node.host.vty);
    expect(session).toMatchObject({ bgpState: 'Established', prefixes: 2 });
    const after = await residentKiB(pair);
    console.info(`FRR ${version}: bgpd from ${before} to ${after} KiB`);
    expect(after - before).toBeLessThan(30_000);
    expect(await askBgpd(pair.a.node, 'show bgp ipv4 unicast')).not.toContain(' 11.');
  });

  test('a peer that floods is shut, and later spoken to again', async () => {
    const name = linkName(right.name);
    await announceMany(pair, [10_000, 21_000]);
    await until(async () => {
      await look();
      return watch.flooding().length === 1;
    });
    expect(watch.flooding()).toEqual([name]);
    const shut: FrrCase = { ...network, flooding: [name] };
    expect(await pair.turn(shut)).toEqual(['configuration']);
    await until(
      async () => (await readFrrSessions(pair.a.node.host.vty))[0]?.bgpState !== 'Established',
    );
    await until(
      async () => !(await askBgpd(pair.a.node, 'show bgp ipv4 unicast')).includes('11.0.'),
    );
    expect(await pair.turn(shut)).toEqual([]);
    // Its session may have been shut before the last of them came.
    expect((await look())?.refusedPrefixes).toBeGreaterThan(20_000);
    expect(await pair.turn(network)).toEqual(['configuration']);
    await pair.routesAre(own);
    expect(await pair.turn(network)).toEqual([]);
  });
});
