// The controller goes away and comes back: the mesh does not notice, nobody gets another address.
import {
  allAddresses,
  allPings,
  allReached,
  describePings,
  failedPings,
} from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import { labelled, type Mesh, sessionsUp } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { waitFor } from '../../lab/wait-for.ts';

/** Pings ten times a second until it is told to end; the summary says how many were lost. */
const constantPing = (mesh: Mesh, from: string, to: string): (() => Promise<string>) => {
  const ping = mesh
    .host(from)
    .start('ping-restart', ['ping', '-D', '-O', '-i', '0.2', '-W', '2', to]);
  return async () => {
    await ping.stop('SIGINT');
    return /(\d+) packets transmitted, (\d+) received/.exec(ping.output())?.[0] ?? ping.output();
  };
};

const connected = async (mesh: Mesh, wanted: number): Promise<void> => {
  for (const { name } of mesh.nodes)
    await waitFor(
      {
        what: `${name} ${wanted === 1 ? 'connected' : 'cut off'}`,
        deadlineMs: 90_000,
        everyMs: 500,
      },
      async () => {
        const value = labelled(
          await mesh.agentMetrics(name),
          'meshover_agent_controller_connected',
        );
        return value === wanted ? true : `connected = ${String(value)}`;
      },
    );
};

const restarts = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  const before = await allReached(mesh);
  const names = mesh.nodes.map(({ name }) => name);
  const target = before.find(({ name }) => name === 'delta');
  const endPing = constantPing(mesh, 'alpha', target?.v6 ?? '');
  await mesh.stopController();
  await connected(mesh, 0);
  const without = await failedPings(mesh, allPings(before));
  claim(
    'all pings with the controller away',
    describePings(without) || 'all',
    without.length === 0,
  );
  await mesh.stopAgent('bravo');
  mesh.startAgent('bravo');
  const seconds = await sessionsUp(mesh, names);
  claim('an agent started without a controller has its mesh', `${seconds.toFixed(1)} s`, true);
  await mesh.whole();
  await connected(mesh, 1);
  const after = await allAddresses(mesh);
  claim(
    'every node address is as before',
    after.length * 2,
    JSON.stringify(before) === JSON.stringify(after),
  );
  const summary = await endPing();
  const [sent, received] = summary.split(', ').map((words) => Number.parseInt(words, 10));
  claim(
    'packets lost from alpha to delta meanwhile',
    summary,
    sent === received && sent !== undefined,
  );
};

export const scenario: Scenario = {
  title: 'the controller restarts',
  topology: fourNodes,
  stories: [{ name: 'away and back', tell: restarts }],
};
