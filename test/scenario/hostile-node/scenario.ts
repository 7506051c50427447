// A joined machine turns hostile and announces what is not its own: nobody believes it, and nobody else suffers.
import { addressesOf, allReached } from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import { type Mesh, labelled, sessionsUp } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  heardBeyond,
  heardBy,
  honest,
  hostile,
  linkTo,
  sentTo,
  sessionWith,
  tell,
} from './hostile.ts';
import { fenceConfiguration, liesAbout, lyingConfiguration, type Victim } from './lies.ts';
import { type Peace, watchPeace } from './peace.ts';

interface Stage {
  readonly nodes: Readonly<Record<string, Victim>>;
  readonly peace: Peace;
}

const stages = new Map<Mesh, Stage>();

const stageOf = (mesh: Mesh): Stage => {
  const stage = stages.get(mesh);
  if (stage === undefined) throw new Error('the story before did not reach its end');
  return stage;
};

const victimOf = (stage: Stage, name: string): Victim => {
  const victim = stage.nodes[name];
  if (victim === undefined) throw new Error(`no node ${name}`);
  return victim;
};

interface ListedNode {
  readonly name: string;
  readonly asn: number;
}

const asnsOf = async (mesh: Mesh): Promise<ReadonlyMap<string, number>> => {
  const ran = await mesh.callController(['nodes', '-o', 'json']);
  if (ran.status !== 0) throw new Error(`meshoverctl nodes: ${ran.stderr}`);
  const { nodes } = JSON.parse(ran.stdout) as { readonly nodes: readonly { node: ListedNode }[] };
  return new Map(nodes.map(({ node }) => [node.name, node.asn]));
};

const tunnelsOf = async (mesh: Mesh, name: string): Promise<Victim['tunnel']> => {
  const shown = await mesh.host(name).must(['ip', '-o', 'addr', 'show', 'dev', 'mo-wg']);
  const address = (pattern: RegExp): string => pattern.exec(shown)?.[1] ?? '';
  return { v4: address(/ inet ([^/ ]+)/), v6: address(/ inet6 (fd[^/ ]+)/) };
};

const victimsOf = async (mesh: Mesh): Promise<Readonly<Record<string, Victim>>> => {
  const asns = await asnsOf(mesh);
  const victims: Record<string, Victim> = {};
  for (const { name } of mesh.nodes)
    victims[name] = {
      ...(await addressesOf(mesh, name)),
      asn: asns.get(name) ?? 0,
      tunnel: await tunnelsOf(mesh, name),
    };
  return victims;
};

const turns = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  await allReached(mesh);
  const nodes = await victimsOf(mesh);
  const [own, alpha] = [nodes[hostile], nodes['alpha']];
  if (own === undefined || alpha === undefined) throw new Error('alpha or delta has no address');
  await mesh.stopAgent(hostile);
  stages.set(mesh, { nodes, peace: await watchPeace(mesh, own, alpha) });
  claim("the agent of delta is stopped; its links and FRR are an attacker's", own.asn, own.asn > 0);
};

const lies = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const stage = stageOf(mesh);
  const [alpha, bravo, charlie] = honest.map((name) => victimOf(stage, name)) as [
    Victim,
    Victim,
    Victim,
  ];
  const own = victimOf(stage, hostile);
  const told = liesAbout(alpha, bravo, charlie);
  await tell(mesh, lyingConfiguration(own.asn, told));
  for (const peer of honest) {
    const wanted = told.flatMap(({ v4, v6 }) => [v4, v6]);
    await waitFor({ what: `delta to lie to ${peer}`, deadlineMs: 60_000 }, async () => {
      const sent = new Set(await sentTo(mesh, peer));
      const missing = wanted.filter((prefix) => !sent.has(prefix));
      return missing.length === 0 ? true : `not sent: ${missing.join(' ')}`;
    });
  }
  for (const { what, v4, v6, origin } of told)
    claims.claim(
      `delta announces to all: ${what}`,
      `${v4} ${v6}${origin === undefined ? '' : ` from AS${origin}`}`,
      true,
    );
  await tell(mesh, fenceConfiguration(77));
  for (const peer of honest) {
    const took = await heardBeyond(mesh, peer, 77);
    const truth = [`${own.v4}/32`, `${own.v6}/128`].sort();
    claims.claim(`${peer} takes from delta`, took.join(' '), took.join() === truth.join());
    const counted = labelled(await mesh.agentMetrics(peer), 'meshover_agent_prefixes', {
      peer: hostile,
    });
    claims.claim(`${peer}'s metrics count prefixes of delta`, counted ?? 'none', counted === 2);
  }
  await stage.peace.holds(claims, 'lies');
};

const another = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const stage = stageOf(mesh);
  const [own, bravo] = [victimOf(stage, hostile), victimOf(stage, 'bravo')];
  const neighbour = ` neighbor ${linkTo('alpha')} local-as ${bravo.asn} no-prepend replace-as`;
  await tell(mesh, `router bgp ${own.asn}\n${neighbour}\nexit\n`);
  const reason = await waitFor(
    { what: "alpha to refuse delta in bravo's name", deadlineMs: 60_000, everyMs: 1000 },
    async () => {
      const { bgpState, lastNotificationReason = '' } = await sessionWith(mesh, hostile, 'alpha');
      return /peer as/i.test(lastNotificationReason)
        ? { lastNotificationReason }
        : `${bgpState ?? '?'} ${lastNotificationReason}`;
    },
  );
  claims.claim("alpha refuses a session in bravo's name", reason.lastNotificationReason, true);
  const { bgpState = '' } = await sessionWith(mesh, 'alpha', hostile);
  claims.claim('the session of delta with alpha', bgpState, bgpState !== 'Established');
  await stage.peace.holds(claims, "in bravo's name");
  await tell(mesh, `router bgp ${own.asn}\n no${neighbour}\nexit\n`);
};

const floodSize = 10_000;
/** Blackholes in the attacker's own kernel, which its FRR passes on. */
const floodRoutes = (act: 'add' | 'del'): string =>
  Array.from(
    { length: floodSize },
    (_, index) => `route ${act} blackhole 10.30.${index >> 8}.${index & 255}/32 proto 77`,
  ).join('\n');

const flood = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const stage = stageOf(mesh);
  const own = victimOf(stage, hostile);
  await mesh.host(hostile).must(['ip', '-batch', '-'], { stdin: `${floodRoutes('add')}\n` });
  await tell(
    mesh,
    `router bgp ${own.asn}\n address-family ipv4 unicast\n  redistribute kernel\n exit-address-family\nexit\n`,
  );
  for (const peer of honest) {
    const how = await waitFor(
      { what: `delta to flood ${peer}`, deadlineMs: 90_000, everyMs: 1000 },
      async () => {
        const session = await sessionWith(mesh, peer, hostile);
        if (session.bgpState !== 'Established')
          return { words: `${session.bgpState ?? ''} ${session.lastResetDueTo ?? ''}` };
        const sent = (await sentTo(mesh, peer)).length;
        return sent > floodSize ? { words: `Established, ${sent} sent` } : `${sent} sent`;
      },
    );
    claims.claim(`${floodSize} prefixes at once: delta's session with ${peer}`, how.words, true);
    const { prefixes } = await heardBy(mesh, peer);
    claims.claim(`${peer} takes from delta`, prefixes.length, prefixes.length <= 2);
  }
  await stage.peace.holds(claims, 'flood');
};

const repents = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const { peace } = stageOf(mesh);
  const host = mesh.host(hostile);
  await host.must(['docker', 'rm', '-f', 'meshover-frr']);
  await host.must(['ip', '-batch', '-'], { stdin: `${floodRoutes('del')}\n` });
  mesh.startAgent(hostile);
  const seconds = await sessionsUp(mesh, [hostile, ...honest]);
  claims.claim('delta is honest again and back in the mesh', `${seconds.toFixed(1)} s`, true);
  await peace.holds(claims, 'to the end');
  await peace.end();
};

export const scenario: Scenario = {
  title: 'a joined node turns hostile',
  topology: fourNodes,
  stories: [
    { name: 'it turns', tell: turns },
    { name: 'it announces what is not its own', tell: lies },
    { name: "it opens a session in another's name", tell: another },
    { name: 'it floods', tell: flood },
    { name: 'it repents', tell: repents },
  ],
};
