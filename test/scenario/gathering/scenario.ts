// Packets whose source is gathered go to their gatherer, the replies come back, and a dead gatherer is left.
import { addressesOf, describePings, failedPings, type Ping } from '../../lab/addresses.ts';
import { captureWhile, count } from '../../lab/capture.ts';
import type { Claims } from '../../lab/claims.ts';
import { scriptInLab } from '../../lab/host.ts';
import { type Mesh, sessionCount } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { outside } from '../../lab/topology.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { gatheringNodes } from './topology.ts';

const toOutside: readonly Ping[] = [
  { from: 'lan-alpha', to: outside.v4 },
  { from: 'lan-alpha', to: outside.v6 },
];
const fromLan = '(icmp or icmp6) and (src host 192.0.2.2 or src host 2001:db8:5:1::2)';
const meshLink = /^mo-(?!wg|node)/;

/** What the operator of the world outside does: the range is routed to the node that gathers it. */
const routeRangeTo = async (mesh: Mesh, number: number): Promise<void> => {
  await mesh
    .host(outside.name)
    .must(['ip', 'route', 'replace', '192.0.2.0/27', 'via', `198.51.100.${number}`]);
  await mesh
    .host(outside.name)
    .must(['ip', 'route', 'replace', '2001:db8:5::/48', 'via', `2001:db8::${number}`]);
};

const answered = async (mesh: Mesh, pings: readonly Ping[]): Promise<true | string> => {
  const failed = await failedPings(mesh, pings);
  return failed.length === 0 ? true : describePings(failed);
};

const untilAnswered = async (mesh: Mesh, what: string, pings = toOutside): Promise<string> => {
  const start = performance.now();
  await waitFor({ what, deadlineMs: 60_000 }, () => answered(mesh, pings));
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
};

const arrives = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  await routeRangeTo(mesh, 4);
  const took = await untilAnswered(mesh, 'answers from outside to the LAN behind alpha');
  claim('the LAN behind alpha gets answers from outside, v4 and v6', took, true);
  const onDelta = await captureWhile(mesh.host('delta'), fromLan, async () => {
    const failed = await failedPings(mesh, toOutside);
    claim('no ping is lost while captured', failed.length, failed.length === 0);
  });
  const came = count(onDelta, meshLink, 'In');
  const left = count(onDelta, /^eth0$/, 'Out');
  claim('gathered packets come to delta by its link', came, came === 2);
  claim('each leaves delta once, by its own way out: no loop', left, left === 2);
  const back = count(onDelta, meshLink, 'Out');
  claim('none goes back into the mesh', back, back === 0);
};

const reply = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const toLan = '(icmp or icmp6) and (dst host 192.0.2.2 or dst host 2001:db8:5:1::2)';
  const onAlpha = await captureWhile(mesh.host('alpha'), toLan, async () => {
    await failedPings(mesh, toOutside);
  });
  const byLink = count(onAlpha, meshLink, 'In');
  claim('the replies come to alpha by a link', byLink, byLink === 2);
  const plain = count(onAlpha, /^eth0$/, 'In');
  claim('and none by the underlay', plain, plain === 0);
};

const moreSpecific = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const bravo = await addressesOf(mesh, 'bravo');
  const inMesh = ['10.30.0.2', '2001:db8:30::2', bravo.v4, bravo.v6];
  const pings = inMesh.map((to) => ({ from: 'lan-alpha', to }));
  const took = await untilAnswered(mesh, 'answers from bravo to the LAN behind alpha', pings);
  claim('the LAN behind alpha reaches bravo and the LAN behind it', took, true);
  const onDelta = await captureWhile(mesh.host('delta'), fromLan, async () => {
    await failedPings(mesh, pings);
  });
  claim(
    'by the mesh route, which is more specific: none passes delta',
    onDelta.length,
    onDelta.length === 0,
  );
};

/** Every agent says so, of every node that announces an address in the range. */
const warned = (mesh: Mesh, { claim }: Claims): void => {
  const lacking = mesh.nodes.flatMap(({ name: agent }) => {
    const log = mesh.agentLog(agent);
    return mesh.nodes
      .filter(
        ({ name, number }) =>
          !log.includes(
            `gathered range 2001:db8::/64 covers 2001:db8::${number}, the underlay address of ${name}`,
          ),
      )
      .map(({ name }) => `${agent} of ${name}`);
  });
  const figure = lacking.length === 0 ? 'all' : `not ${lacking.join(', ')}`;
  claim("agents warn that bravo's range covers underlay addresses", figure, lacking.length === 0);
};

const underlayCovered = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  warned(mesh, { claim });
  const beyond = mesh.host(outside.name);
  for (const { name, number } of mesh.nodes) {
    const { status } = await beyond.shell(
      `ping -c1 -W5 -I ${outside.v6} 2001:db8::${number} && ping -c1 -W5 -I ${outside.v4} 198.51.100.${number}`,
    );
    claim(
      `${name} is reachable from outside though bravo gathers its underlay address`,
      status === 0 ? 'answers' : 'no answer',
      status === 0,
    );
  }
  const names = mesh.nodes.map(({ name }) => name);
  const [up, all] = [await sessionCount(mesh, names), names.length * (names.length - 1)];
  claim('and every session stands', `${up} of ${all}`, up === all);
};

const plug = (name: string, state: 'up' | 'down'): Promise<string> =>
  scriptInLab(`ip link set u-${name} ${state}`);

const dies = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await routeRangeTo(mesh, 3);
  await plug('delta', 'down');
  const next = await untilAnswered(mesh, 'answers by way of charlie');
  claim('delta is cut off: its range falls to charlie', next, true);
  await routeRangeTo(mesh, 1);
  await plug('charlie', 'down');
  const main = await untilAnswered(mesh, "answers by alpha's own default route");
  claim('charlie is cut off too: the range falls to the main table', main, true);
  await plug('charlie', 'up');
  await plug('delta', 'up');
  await mesh.whole();
  await routeRangeTo(mesh, 4);
  const again = await untilAnswered(mesh, 'answers by way of delta');
  claim('both are back: delta gathers again', again, true);
};

export const scenario: Scenario = {
  title: 'gathering by source address',
  topology: gatheringNodes,
  stories: [
    { name: 'gathered packets arrive at delta', tell: arrives },
    { name: "the reply's way", tell: reply },
    { name: 'more specific mesh routes win', tell: moreSpecific },
    { name: 'a range that covers the underlay', tell: underlayCovered },
    { name: 'a gatherer dies', tell: dies },
  ],
};
