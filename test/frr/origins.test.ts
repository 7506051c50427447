// Who may announce what, with a real FRR: the RTR cache and the prefix-lists together, and each without the other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkName } from '../../client/desired/names.ts';
import type { Asn } from '../../shared/address/asn.ts';
import { peerOf, type FrrCase } from '../client/desired/frr-case.ts';
import { frrVersions } from './images.ts';
import {
  announce,
  askBgpd,
  bgpRoutes,
  heard,
  startCache,
  startPair,
  type Pair,
} from './two-hosts.ts';

const [left, right] = [peerOf(1), peerOf(2)];
const lan = ['10.30.0.0/16', '2001:db8:30::/48'];
const rightWithLan = peerOf(2, lan);
const bare = ['10.128.0.2', 'fd00:beef:beef::2'];
const whole = [...bare, ...lan];
const foreign = ['10.128.0.99/32', 'fd00:beef:beef::99/128'] as const;

const unauthorised: FrrCase = { self: left, peers: [right] };
const authorised: FrrCase = { self: left, peers: [rightWithLan] };
const renumbered: FrrCase = { self: left, peers: [{ ...rightWithLan, asn: 4_200_000_009 as Asn }] };

describe.each(frrVersions)('FRR %s', (version) => {
  let pair: Pair;
  /** A figure for people; the machine may be slow. */
  const figure = async (what: string, routes: readonly string[]): Promise<void> => {
    const startedAt = Date.now();
    await pair.routesAre(routes);
    console.info(`FRR ${version}: ${what} after ${Date.now() - startedAt} ms`);
  };

  beforeAll(async () => {
    pair = await startPair(version, { a: left, b: rightWithLan }, { network: unauthorised });
  });
  afterAll(() => pair.stop());

  test('takes the payloads, and what is not authorised stays out', async () => {
    await pair.tableHolds(8);
    await pair.hasHeard(lan);
    await pair.routesAre(bare);
    expect(await pair.turn(unauthorised)).toEqual([]);
  });

  test('an added authorisation brings its routes into the kernel', async () => {
    pair.cache.take(authorised);
    const turning = pair.turn(authorised);
    await figure('added authorisation in the kernel', whole);
    expect(await turning).toEqual(['configuration']);
    expect(await pair.turn(authorised)).toEqual([]);
  });

  test('a withdrawn one takes them out, before the prefix-lists are touched', async () => {
    pair.cache.take(unauthorised);
    await figure('withdrawn authorisation out of the kernel by RTR alone', bare);
    pair.cache.take(authorised);
    await figure('added authorisation in the kernel by RTR alone', whole);
  });

  test('the prefix-lists alone do the same', async () => {
    await pair.cache.stop();
    const out = pair.turn(unauthorised);
    await figure('withdrawn authorisation out of the kernel by prefix-lists alone', bare);
    await out;
    const back = pair.turn(authorised);
    await figure('added authorisation in the kernel by prefix-lists alone', whole);
    await back;
    pair.cache = startCache(pair.a.node, authorised);
  });

  test('the payloads alone keep out what belongs to nobody or to others', async () => {
    const { a, b } = pair;
    await pair.tableHolds(10);
    const name = linkName(right.name);
    await askBgpd(
      a.node,
      'configure terminal',
      `router bgp ${left.asn}`,
      ...['address-family ipv4 unicast', `no neighbor ${name} prefix-list ${name} in`],
      ...['exit-address-family', 'address-family ipv6 unicast'],
      `no neighbor ${name} prefix-list ${name} in`,
    );
    await announce(b, 4, foreign[0]);
    await announce(b, 6, foreign[1]);
    await pair.hasHeard(foreign);
    await pair.routesAre(whole);
    expect(await pair.turn(authorised)).toEqual(['configuration']);
    await pair.routesAre(whole);
  });

  test('FRR that starts without a cache takes its routes, and validates when the cache appears', async () => {
    const { a, b } = pair;
    await pair.cache.stop();
    await a.node.host.containers.restartByKill('meshover-frr');
    await pair.hasHeard([...lan, ...foreign]);
    await pair.routesAre(whole);
    expect(await askBgpd(a.node, 'show rpki prefix-table')).not.toContain(' - ');
    pair.cache = startCache(a.node, renumbered);
    await pair.routesAre([]);
    pair.cache.take(authorised);
    await pair.routesAre(whole);
    expect(await heard(a, b)).toContain(foreign[0]);
    expect(bgpRoutes(a.node)).not.toContain('10.128.0.99');
  });
});
