// Routes of the host against the mesh's pools.
import { expect, test } from 'vitest';
import { linkGroup } from '../../../client/desired/names.ts';
import type { ObservedLink, ObservedRoute } from '../../../client/observe/observed.ts';
import { poolOverlapsFrom } from '../../../client/plan/pool-overlap.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';
import { nodeFixture, viewFixture } from '../../fake/view.ts';

const { settings } = viewFixture(nodeFixture(1), []);
const links = [{ name: 'mo-wg', group: linkGroup }] as unknown as readonly ObservedLink[];

const overlapsOf = (to: string, changes: Partial<ObservedRoute> = {}): readonly string[] => {
  const route: ObservedRoute = {
    family: to.includes(':') ? 6 : 4,
    ...{ table: 254, to: to as Prefix, interface: 'eth0', via: undefined },
    ...{ protocol: 2, metric: 0, live: true },
    ...changes,
  };
  return poolOverlapsFrom(settings, { links, routes: [route] });
};

test.each([
  ['inside a pool', '10.200.0.0/16', 'pool 10.192.0.0/12', '-wgaddress'],
  ['around a pool', 'fd00:beef::/32', 'pool fd00:beef:beef::/48', '-assignaddress'],
])('a route %s is told with the flag that helps', (_, to, ...parts) => {
  const complaints = overlapsOf(to);
  expect(complaints).toHaveLength(1);
  for (const part of [`route ${to} dev eth0`, ...parts]) expect(complaints[0]).toContain(part);
});

test.each([
  ['the default route', '0.0.0.0/0', {}],
  ['a route beside the pools', '192.168.0.0/16', {}],
  ['a route of the mesh by BGP', '10.128.0.7/32', { protocol: 186 }],
  ['a route of our protocol', '10.128.0.7/32', { protocol: 109 }],
  ['a route over a link of ours', '10.192.0.0/12', { interface: 'mo-wg' }],
  ['a route of another table', '10.200.0.0/16', { table: 100 }],
] as const)('%s is no trouble', (_, to, changes) => {
  expect(overlapsOf(to, changes)).toEqual([]);
});
