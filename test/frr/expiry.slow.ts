// The agent is away for longer than its word holds: the mesh lives, and what is foreign stays out.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerOf, type FrrCase } from '../client/desired/frr-case.ts';
import { until } from './frr-node.ts';
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

const lan = ['10.30.0.0/16', '2001:db8:30::/48'];
const [left, right] = [peerOf(1), peerOf(2, lan)];
const network: FrrCase = { self: left, peers: [right] };
const whole = ['10.128.0.2', 'fd00:beef:beef::2', ...lan].sort();
const foreign = '10.128.0.99/32';

/** rtrlib, inside FRR, knows nothing shorter (RFC 8210 section 6). */
const shortestExpire = 600;

describe.concurrent.each(frrVersions)('FRR %s', (version) => {
  let pair: Pair;
  beforeAll(async () => {
    const given = { network, expire: shortestExpire };
    pair = await startPair(version, { a: left, b: right }, given);
    await announce(pair.b, 4, foreign);
  });
  afterAll(() => pair.stop());

  test('outlives the expiry of what it was told', { timeout: 1_200_000 }, async () => {
    const { a, b } = pair;
    await pair.tableHolds(10);
    await pair.hasHeard([...lan, foreign]);
    await pair.routesAre(whole);
    await pair.cache.stop();
    const stoppedAt = Date.now();
    const seen = new Set<string>();
    await until(async () => {
      seen.add(bgpRoutes(a.node).join(' '));
      return !(await askBgpd(a.node, 'show rpki prefix-table')).includes(' - ');
    }, 900_000);
    console.info(`FRR ${version}: the payloads expired after ${Date.now() - stoppedAt} ms`);
    await askBgpd(a.node, 'clear bgp * soft in');
    await askBgpd(a.node, 'show bgp summary');
    seen.add(bgpRoutes(a.node).join(' '));
    expect([...seen]).toEqual([whole.join(' ')]);
    expect(await heard(a, b)).toContain(foreign);
    pair.cache = startCache(a.node, network, shortestExpire);
    await pair.tableHolds(10);
    await pair.routesAre(whole);
  });
});
