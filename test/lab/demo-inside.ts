// Runs inside the booted system: forms the mesh by README's commands, shows it, checks it; on a terminal it stays.
import { scenario as gathering } from '../scenario/gathering/scenario.ts';
import { gatheringNodes } from '../scenario/gathering/topology.ts';
import { allAddresses, allPings, describePings, failedPings, type Ping } from './addresses.ts';
import type { Claims, ReadClaim } from './claims.ts';
import { grantsFor, joinByToken } from './join-token.ts';
import { clientFlags, makeMesh, type Mesh, serverFlags } from './mesh.ts';
import { lookAround } from './look-around.ts';
import { waitFor } from './wait-for.ts';

const start = performance.now();
const say = (line: string): void => {
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${seconds} s  ${line}\n`);
};

const tableOf = (rows: readonly ReadClaim[]): string => {
  const wide = Math.max(...rows.map(({ claim }) => claim.length));
  const high = Math.max(...rows.map(({ figure }) => figure.length));
  return rows
    .map(
      ({ claim, figure, holds }) =>
        `  ${claim.padEnd(wide)}  ${figure.padEnd(high)}  ${holds ? 'ok' : 'broken'}`,
    )
    .join('\n');
};

/** Says a number of nodes and of sessions whenever it grows, until it is told to stop. */
const showProgress = (mesh: Mesh): (() => void) => {
  let shown = '';
  const look = async (): Promise<void> => {
    const counts = await Promise.allSettled([
      mesh.controllerMetrics(),
      ...mesh.nodes.map(({ name }) => mesh.agentMetrics(name)),
    ]);
    const samples = counts.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const joined = samples.find(({ name }) => name === 'meshover_nodes')?.value ?? 0;
    const up = samples.filter(({ name, value }) => name === 'meshover_agent_bgp_up' && value === 1);
    const line = `${joined} of ${mesh.nodes.length} nodes joined, ${up.length} of ${mesh.nodes.length * (mesh.nodes.length - 1)} BGP sessions up`;
    if (line !== shown) say(line);
    shown = line;
  };
  const timer = setInterval(() => void look(), 2000);
  return () => {
    clearInterval(timer);
  };
};

const pingsAnswered = async (mesh: Mesh, pings: readonly Ping[], what: string): Promise<string> => {
  await waitFor({ what, deadlineMs: 60_000 }, async () => {
    const failed = await failedPings(mesh, pings);
    return failed.length === 0 ? true : describePings(failed);
  });
  return `${pings.length} of ${pings.length}`;
};

const form = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  say(`controller: ./server ${serverFlags(mesh.topology).join(' ')}`);
  await mesh.startController();
  for (const node of mesh.nodes) {
    say(`controller: ./meshoverctl token create ${grantsFor(node).join(' ')}`);
    await joinByToken(mesh, node);
    say(`${node.name}: ./client ${clientFlags(node).join(' ')} -token eyJ…`);
  }
  const stopProgress = showProgress(mesh);
  const seconds = await mesh.whole();
  stopProgress();
  const sessions = mesh.nodes.length * (mesh.nodes.length - 1);
  claim('BGP sessions Established', `${sessions} in ${seconds.toFixed(0)} s`, true);
};

const reach = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const nodes = await allAddresses(mesh);
  for (const { name, v4, v6 } of nodes) say(`${name}: ${v4} ${v6}`);
  const pings = allPings(nodes);
  const four = pings.filter(({ to }) => !to.includes(':'));
  const six = pings.filter(({ to }) => to.includes(':'));
  claim('pings between all node addresses, IPv4', await pingsAnswered(mesh, four, 'IPv4'), true);
  claim('pings between all node addresses, IPv6', await pingsAnswered(mesh, six, 'IPv6'), true);
  const behind = mesh.nodes.flatMap(({ lan }) => (lan === undefined ? [] : [lan]));
  const lans = behind.flatMap((from) =>
    behind
      .filter((to) => to !== from)
      .flatMap((to) => [to.v4, to.v6])
      .map(({ address }) => ({ from: from.name, to: address.replace(/\/.*/, '') })),
  );
  const answered = await pingsAnswered(mesh, lans, 'LAN to LAN');
  claim('a host behind alpha and one behind bravo ping each other', answered, true);
};

const check = async (mesh: Mesh, claims: Claims): Promise<void> => {
  await form(mesh, claims);
  await reach(mesh, claims);
  say('a range of sources is gathered at delta: 192.0.2.0/27 and 2001:db8:5::/48');
  for (const story of gathering.stories.slice(0, 2)) await story.tell(mesh, claims);
};

const main = async (): Promise<number> => {
  const rows: ReadClaim[] = [];
  const claims: Claims = {
    claim: (claim, figure, holds) => {
      rows.push({ claim, figure: String(figure), holds });
      say(`${holds ? 'ok' : 'BROKEN'}  ${claim}: ${String(figure)}`);
    },
  };
  say('four hosts, each with its own network and Docker daemon, are being made');
  const mesh = await makeMesh({ ...gatheringNodes, open: false });
  let reason: string | undefined;
  try {
    await check(mesh, claims);
  } catch (fault) {
    reason = fault instanceof Error ? fault.message : String(fault);
  }
  process.stdout.write(`\n${rows.length === 0 ? '' : tableOf(rows)}\n\n`);
  const broken = rows.filter(({ holds }) => !holds).map(({ claim }) => claim);
  if (reason !== undefined) broken.push(reason);
  for (const each of broken) process.stdout.write(`demo: broken: ${each}\n`);
  if (process.env['LAB_STAY'] === '1') await lookAround(mesh);
  return broken.length === 0 ? 0 : 1;
};

// The guest is switched off with everything that runs in it.
process.exit(await main());
