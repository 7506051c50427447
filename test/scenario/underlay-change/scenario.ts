// A node's underlay address changes: its peers follow, its node addresses stay.
import {
  addressesOf,
  allAddresses,
  allPings,
  describePings,
  failedPings,
} from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import { type Mesh, missingSessions } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { waitFor } from '../../lab/wait-for.ts';

const move = async (mesh: Mesh, from: string, to: string): Promise<void> => {
  await mesh.host('charlie').must(['ip', '-batch', '-'], {
    stdin: `addr add ${to}/64 dev eth0 nodad\naddr del ${from}/64 dev eth0\n`,
  });
};

/** What the peers' WireGuard and the controller hold for charlie. */
const knownEverywhere = async (mesh: Mesh, address: string): Promise<true | string> => {
  const listed = await mesh.callController(['nodes', '-o', 'json']);
  if (!listed.stdout.includes(`[${address}]:`)) return `the controller says ${listed.stdout}`;
  for (const name of ['alpha', 'bravo', 'delta']) {
    const endpoints = await mesh.host(name).must(['wg', 'show', 'mo-wg', 'endpoints']);
    if (!endpoints.includes(`[${address}]:`)) return `${name} sends to ${endpoints}`;
  }
  return true;
};

const moveAndSee = async (
  mesh: Mesh,
  { claim }: Claims,
  way: { from: string; to: string },
): Promise<void> => {
  const start = performance.now();
  await move(mesh, way.from, way.to);
  await waitFor({ what: `all know charlie at ${way.to}`, deadlineMs: 60_000, everyMs: 1000 }, () =>
    knownEverywhere(mesh, way.to),
  );
  const took = ((performance.now() - start) / 1000).toFixed(1);
  claim(`controller and peers know charlie at ${way.to}`, `${took} s`, true);
};

const changes = async (mesh: Mesh, claims: Claims): Promise<void> => {
  await mesh.whole();
  const before = await addressesOf(mesh, 'charlie');
  await moveAndSee(mesh, claims, { from: '2001:db8::3', to: '2001:db8::33' });
  await waitFor({ what: 'sessions with charlie', deadlineMs: 60_000, everyMs: 1000 }, async () => {
    const missing = missingSessions(await mesh.agentMetrics('alpha'), ['charlie']);
    return missing.length === 0;
  });
  const pings = allPings(await allAddresses(mesh));
  await waitFor({ what: 'pings between all node addresses', deadlineMs: 60_000 }, async () => {
    const failed = await failedPings(mesh, pings);
    return failed.length === 0 ? true : describePings(failed);
  });
  claims.claim('all node addresses ping each other', pings.length, true);
  const after = await addressesOf(mesh, 'charlie');
  const same = after.v4 === before.v4 && after.v6 === before.v6;
  claims.claim("charlie's node addresses are the same", `${after.v4} ${after.v6}`, same);
};

const movesBack = async (mesh: Mesh, claims: Claims): Promise<void> => {
  await moveAndSee(mesh, claims, { from: '2001:db8::33', to: '2001:db8::3' });
  const seconds = await mesh.whole();
  claims.claim('every session stands', `${seconds.toFixed(1)} s`, true);
};

export const scenario: Scenario = {
  title: "one node's underlay address changes",
  topology: fourNodes,
  stories: [
    { name: 'charlie moves', tell: changes },
    { name: 'charlie moves back', tell: movesBack },
  ],
};
