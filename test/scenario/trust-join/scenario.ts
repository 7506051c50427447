// A controller that admits nobody by itself: tokens, approvals, rejections, removal and authorisations, seen in the kernels.
import { addressesOf, allPings, describePings, failedPings } from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import { labelled, type Mesh, sessionsUp } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { settled } from '../../lab/settled.ts';
import { watchStalls } from '../../lab/stalls.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  joined,
  lastEvent,
  memberNames,
  operate,
  waitingNode,
  waitingNodes,
} from '../../lab/operator.ts';
import { startPings } from './ping-stream.ts';
import { closedMesh, lanHost, lanPrefix } from './topology.ts';

const withinMs = 2000;

/** FRR takes a new configuration in a second on hardware, and in several in a guest of one slow CPU. */
const configuredWithinMs = process.env['LAB_KERNEL'] === 'own' ? withinMs : 30_000;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

const said = (name: string, pattern: RegExp): Promise<true> =>
  waitFor({ what: `${name} to say ${pattern.source}`, deadlineMs: 60_000, everyMs: 500 }, () =>
    pattern.test(agents.get(name)?.output() ?? '') ? true : 'not in its log',
  );

const agents = new Map<string, ReturnType<Mesh['startAgent']>>();

const startAgent = (mesh: Mesh, name: string, flags: readonly string[] = []): void => {
  agents.set(name, mesh.startAgent(name, flags));
};

const tokenFor = async (mesh: Mesh, flags: readonly string[]): Promise<string> =>
  (await operate(mesh, ['token', 'create', ...flags])).trim();

const joins = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.startController();
  const token = await tokenFor(mesh, ['-hostname', 'al*']);
  startAgent(mesh, 'alpha', ['-token', token]);
  startAgent(mesh, 'bravo');
  startAgent(mesh, 'charlie');
  await joined(mesh, 'alpha');
  claim('a node with a token is in', (await memberNames(mesh)).join(' '), true);

  const waiting = await waitingNode(mesh, 'bravo');
  await said('bravo', new RegExp(`approve.*${waiting.fingerprint}`));
  claim('the waiting node shows the same fingerprint as the controller', waiting.fingerprint, true);
  const blind = await mesh.callController(['approve', 'bravo']);
  claim(
    'an approval without its fingerprint, where nobody can be asked',
    blind.status,
    blind.status === 1,
  );
  await operate(mesh, ['approve', 'bravo', '-fingerprint', waiting.fingerprint]);
  await joined(mesh, 'bravo');
  await waitingNode(mesh, 'charlie');
  await operate(mesh, ['reject', 'charlie']);
  await said('charlie', /rejected|turned .* away/);
  const [members, left] = [await memberNames(mesh), await waitingNodes(mesh)];
  claim('a rejected node is out', members.join(' '), !members.includes('charlie'));
  claim('nobody waits any more', left.length, left.length === 0);
  await mesh.stopAgent('charlie');

  await sessionsUp(mesh, ['alpha', 'bravo']);
  const pings = allPings([await addressesOf(mesh, 'alpha'), await addressesOf(mesh, 'bravo')]);
  await waitFor({ what: 'pings', deadlineMs: 60_000 }, async () => {
    const failed = await failedPings(mesh, pings);
    return failed.length === 0 ? true : describePings(failed);
  });
  claim('the two that are in reach each other', pings.length, true);
};

const races = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const token = await tokenFor(mesh, []);
  const rivals = ['delta', 'echo'];
  for (const name of rivals) startAgent(mesh, name, ['-token', token]);
  const loser = await waitFor({ what: 'one of two to lose', deadlineMs: 60_000 }, () => {
    const lost = rivals.find((name) => agents.get(name)?.output().includes('token-used'));
    return lost === undefined ? undefined : { name: lost };
  });
  const winner = rivals.find((name) => name !== loser.name) ?? '';
  await joined(mesh, winner);
  const members = await memberNames(mesh);
  const inside = rivals.filter((name) => members.includes(name));
  claim('of two nodes with one single-use token', `${inside.join(' ')} is in`, inside.length === 1);
  for (const name of rivals) await mesh.stopAgent(name);
  await operate(mesh, ['remove', winner]);
};

const route = async (mesh: Mesh, name: string): Promise<string> =>
  (await mesh.host(name).must(['ip', 'route', 'show', lanPrefix])).trim();

/** How long it took until the answers begin (or end) after the operator's word. */
const authorises = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const before = await route(mesh, 'bravo');
  claim('a prefix that nobody authorised is in no kernel', before || 'no route', before === '');
  const asked = await operate(mesh, ['authorisations']);
  claim('the operator sees what is asked in vain', lanPrefix, asked.includes(lanPrefix));
  await settled(mesh, ['alpha', 'bravo']);
  const { v4: source } = await addressesOf(mesh, 'bravo');
  const pings = startPings(mesh, { from: 'bravo', source, to: lanHost.v4 });
  await operate(mesh, ['authorise', 'alpha', '-advertise', lanPrefix]);
  await waitFor(
    { what: 'the LAN to answer', deadlineMs: 60_000 },
    () => pings.answers().length > 0 || 'none',
  );
  const grantedAt = Number((await lastEvent(mesh, 'authorised', 'alpha')).atMs);
  const came = (pings.answers()[0] ?? Infinity) - grantedAt;
  claim(
    'from the grant to the first answer from the LAN',
    seconds(came),
    came <= configuredWithinMs,
  );
  await operate(mesh, ['authorise', 'alpha', '-advertise', lanPrefix, '-withdraw']);
  await waitFor({ what: 'the route to go', deadlineMs: 60_000 }, async () => {
    const now = await route(mesh, 'bravo');
    return now === '' ? true : now;
  });
  const withdrawnAt = Number((await lastEvent(mesh, 'withdrawn', 'alpha')).atMs);
  await pings.stop();
  const went = (pings.answers().at(-1) ?? Infinity) - withdrawnAt;
  claim(
    'from the withdrawal to the last answer from the LAN',
    seconds(went),
    went <= configuredWithinMs,
  );
};

const removes = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await settled(mesh, ['alpha', 'bravo']);
  const [alpha, bravo] = [await addressesOf(mesh, 'alpha'), await addressesOf(mesh, 'bravo')];
  const streams = [
    startPings(mesh, { from: 'alpha', source: alpha.v6, to: bravo.v6 }),
    startPings(mesh, { from: 'bravo', source: bravo.v4, to: alpha.v4 }),
  ];
  for (const stream of streams)
    await waitFor(
      { what: 'pings', deadlineMs: 30_000 },
      () => stream.answers().length > 5 || 'few',
    );
  const stalls = watchStalls();
  await operate(mesh, ['remove', 'bravo', '-reason', 'stolen']);
  await waitFor({ what: 'alpha to forget bravo', deadlineMs: 60_000 }, async () => {
    const peers = (await mesh.host('alpha').must(['wg', 'show', 'mo-wg', 'peers'])).trim();
    return peers === '' ? true : peers;
  });
  await waitFor({ what: "bravo's stream to be cut", deadlineMs: 30_000 }, async () => {
    const samples = await mesh.agentMetrics('bravo');
    return labelled(samples, 'meshover_agent_controller_connected') === 0 ? true : 'connected';
  });
  claim("the removed node's stream is cut", 'cut', true);
  const removedAt = Number((await lastEvent(mesh, 'node-removed', 'bravo')).atMs);
  for (const stream of streams) await stream.stop();
  stalls.stop();
  for (const [index, stream] of streams.entries()) {
    const last = stream.answers().at(-1) ?? Infinity;
    const { lostMs } = stalls.between(removedAt, last);
    const way = index === 0 ? 'to the removed node' : 'from it';
    const figure = `${seconds(last - removedAt)}, the machine stood still for ${seconds(lostMs)}`;
    claim(`last answer ${way} after its removal`, figure, last - removedAt - lostMs <= withinMs);
  }
};

const staysOut = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const token = await tokenFor(mesh, ['-label', 'lost']);
  const tokens = JSON.parse(await operate(mesh, ['token', 'list', '-o', 'json'])) as {
    readonly tokens: readonly { readonly id: string; readonly label?: string }[];
  };
  await operate(mesh, [
    'token',
    'revoke',
    tokens.tokens.find(({ label }) => label === 'lost')?.id ?? '',
  ]);
  await mesh.stopAgent('alpha');
  await mesh.stopAgent('bravo');
  await mesh.stopController();
  await mesh.startController();
  startAgent(mesh, 'delta', ['-token', token]);
  await said('delta', /token-revoked/);
  claim(
    'a revoked token is worth nothing after a restart of the controller',
    'token-revoked',
    true,
  );
  await mesh.stopAgent('delta');
  startAgent(mesh, 'bravo');
  const { why } = await waitingNode(mesh, 'bravo');
  const members = await memberNames(mesh);
  claim(
    'the removed node is out after it, too; it waits as',
    why,
    why === 'removed' && !members.includes('bravo'),
  );
  startAgent(mesh, 'alpha');
  await waitFor({ what: 'alpha to be connected', deadlineMs: 60_000 }, async () => {
    const samples = await mesh.agentMetrics('alpha');
    return labelled(samples, 'meshover_agent_controller_connected') === 1 ? true : 'not connected';
  });
  claim('a node that was off comes back by its own key, without a token', 'connected', true);
  await operate(mesh, [
    'approve',
    'bravo',
    '-fingerprint',
    (await waitingNode(mesh, 'bravo')).fingerprint,
  ]);
  const up = await sessionsUp(mesh, ['alpha', 'bravo']);
  claim('the removed node is approved anew and has its sessions', `${up.toFixed(1)} s`, true);
};

export const scenario: Scenario = {
  title: 'trust: who joins, and who may announce what',
  topology: closedMesh,
  stories: [
    { name: 'by token, by approval, not at all', tell: joins },
    { name: 'one token, two nodes at once', tell: races },
    { name: 'a prefix is authorised and withdrawn', tell: authorises },
    { name: 'a node is removed', tell: removes },
    { name: 'restart: who is out stays out, who is in comes back', tell: staysOut },
  ],
};
