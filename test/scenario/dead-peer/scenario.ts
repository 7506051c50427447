// A node loses its power: with BFD's default timers its routes are gone in time, and a gatherer is left.
import { addressesOf } from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import { scriptInLab } from '../../lab/host.ts';
import type { Mesh } from '../../lab/mesh.ts';
import { followRoutes, type RouteEvents } from '../../lab/route-events.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { type Lost, watchStalls } from '../../lab/stalls.ts';
import type { NodePlan } from '../../lab/topology.ts';
import { outside } from '../../lab/topology.ts';
import { waitFor } from '../../lab/wait-for.ts';

const gathered = '192.0.2.0/27@P,2001:db8:5::/48@P';
const lan: NodePlan['lan'] = {
  name: 'lan-alpha',
  v4: { prefix: '192.0.2.0/29', router: '192.0.2.1/29', address: '192.0.2.2/29' },
  v6: {
    prefix: '2001:db8:5:1::/64',
    router: '2001:db8:5:1::1/64',
    address: '2001:db8:5:1::2/64',
  },
};

/** A dead peer's routes, BFD at its defaults of 200 ms × 6. */
const goneMs = 1500;
/**
 * From there until the agent has taken its route out of the gatherer's table: half a dozen programs, which a
 * busy guest takes seconds to start. Well under the resync, so that it was the route's event that woke it.
 */
const leftMs = 4000;

interface Moments {
  readonly cut: number;
  readonly gone: number;
  readonly left: number;
}

/** The clock is read first, so that the time of the command itself counts too. */
const cutPower = async (name: string): Promise<number> => {
  const read = await scriptInLab(`date +%s%N; ip link set u-${name} down`);
  return Number(BigInt(read.trim()) / 1_000_000n);
};

/** The moment of the last of these lines, when all have been seen since `from`. */
const allSeen = (what: string, from: number, looks: readonly (() => number | undefined)[]) =>
  waitFor({ what, deadlineMs: 60_000, everyMs: 100 }, () => {
    const times = looks.map((look) => look() ?? 0);
    const seen = times.filter((at) => at >= from).length;
    return seen === looks.length ? Math.max(...times) : `${seen} of ${looks.length}`;
  });

const loseCharlie = async (
  mesh: Mesh,
  events: ReadonlyMap<string, RouteEvents>,
): Promise<Moments> => {
  const { v4, v6 } = await addressesOf(mesh, 'charlie');
  const deletions = [v4, v6].map((address) => new RegExp(`Deleted ${address} .*proto bgp`));
  const cut = await cutPower('charlie');
  const gone = await allSeen(
    "charlie's routes to go",
    cut,
    [...events.values()].flatMap(({ lastAt }) => deletions.map((each) => () => lastAt(each))),
  );
  const byLink = ['inet6 fe80', 'fe80'].map(
    (via) => new RegExp(`Deleted default via ${via}.* dev mo-char.* proto 109`),
  );
  const onAlpha = events.get('alpha');
  const left = await allSeen(
    'alpha to leave charlie as gatherer',
    cut,
    byLink.map((each) => () => onAlpha?.lastAt(each)),
  );
  return { cut, gone, left };
};

const wayOf = (mesh: Mesh): Promise<string> =>
  mesh.host('alpha').must(['ip', 'route', 'get', outside.v4, 'from', '192.0.2.2', 'iif', 'lan0']);

const gathererIs = (mesh: Mesh, name: string): Promise<true> =>
  waitFor({ what: `alpha to send to ${name}`, deadlineMs: 120_000 }, async () => {
    const way = await wayOf(mesh);
    return way.includes(`dev mo-${name.slice(0, 4)}`) ? true : way;
  });

const wordsOf = ({ lostMs, longestMs }: Lost): string =>
  `of which the machine stood still for ${lostMs} ms (at most ${longestMs} at once)`;

const dies = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  await gathererIs(mesh, 'charlie');
  const events = new Map<string, RouteEvents>();
  for (const name of ['alpha', 'bravo']) events.set(name, await followRoutes(mesh.host(name)));
  const stalls = watchStalls();
  const { cut, gone, left } = await loseCharlie(mesh, events);
  stalls.stop();
  const [detecting, leaving] = [stalls.between(cut, gone), stalls.between(gone, left)];
  claim(
    `charlie's routes are gone from alpha and bravo within ${goneMs} ms of its power cut`,
    `${gone - cut} ms, ${wordsOf(detecting)}`,
    gone - cut - detecting.lostMs < goneMs,
  );
  claim(
    `alpha's agent leaves it as gatherer within ${leftMs} ms more`,
    `${left - gone} ms, ${wordsOf(leaving)}`,
    left - gone - leaving.lostMs < leftMs,
  );
  const way = await wayOf(mesh);
  claim(
    'its range goes by bravo then',
    way.trim().split('\n')[0] ?? '',
    way.includes('dev mo-brav'),
  );
  for (const each of events.values()) await each.stop();
  await scriptInLab('ip link set u-charlie up');
  await mesh.whole();
};

export const scenario: Scenario = {
  title: 'a dead peer with the default timers',
  topology: {
    name: 'dead-peer',
    nodes: [
      { name: 'alpha', number: 1, lan, defaultBfd: true },
      {
        name: 'bravo',
        number: 2,
        flags: ['-gathering', gathered.replaceAll('P', '20')],
        defaultBfd: true,
      },
      {
        name: 'charlie',
        number: 3,
        flags: ['-gathering', gathered.replaceAll('P', '5')],
        defaultBfd: true,
      },
    ],
  },
  stories: [
    { name: 'its power is cut', tell: dies },
    { name: 'and once more', tell: dies },
  ],
};
