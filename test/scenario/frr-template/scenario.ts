// An operator edits the FRR templates: what FRR or the template language refuses leaves the last good one running.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Claims } from '../../lab/claims.ts';
import type { Host, Running } from '../../lab/host.ts';
import { projectRoot } from '../../lab/kernel.ts';
import { type Mesh, missingSessions, sessionsUp } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { sessionsOf, vtysh } from '../../lab/vtysh.ts';
import { waitFor } from '../../lab/wait-for.ts';

const edited = 'charlie';

/** In the host: /var/lib/edited-conf. */
const templateOf = (host: Host): string => join(host.libDirectory, 'edited-conf', 'frr.conf');

const told = (agent: Running, since: number, words: RegExp): Promise<{ readonly line: string }> =>
  waitFor({ what: `the agent to say ${String(words)}`, deadlineMs: 60_000 }, () => {
    const line = agent
      .output()
      .slice(since)
      .split('\n')
      .find((each) => words.test(each));
    return line === undefined ? 'not said' : { line };
  });

const untouched = async (mesh: Mesh): Promise<string> => {
  const peers = mesh.nodes.map(({ name }) => name).filter((name) => name !== edited);
  const missing = missingSessions(await mesh.agentMetrics(edited), peers);
  const dropped = [...(await sessionsOf(mesh, edited)).values()].map((each) => each.dropped);
  return `without session: ${missing.join(' ') || 'none'}, drops: ${dropped.join(' ')}`;
};

const edits = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  const host = mesh.host(edited);
  const path = templateOf(host);
  mkdirSync(join(path, '..'), { recursive: true });
  cpSync(join(projectRoot, 'conf'), join(path, '..'), { recursive: true });
  const good = readFileSync(path, 'utf8');
  await mesh.stopAgent(edited);
  const agent = mesh.startAgent(edited, ['-frrconf', '/var/lib/edited-conf']);
  await sessionsUp(
    mesh,
    mesh.nodes.map(({ name }) => name),
  );
  const before = await untouched(mesh);

  let since = agent.output().length;
  writeFileSync(path, `${good}\nrouter bogus 1\n`);
  const refused = await told(agent, since, /FRR refuses/);
  claim('FRR refuses a bad line, and the agent says why', refused.line.slice(0, 160), true);
  const afterRefusal = await untouched(mesh);
  claim('the last good configuration goes on', afterRefusal, afterRefusal === before);

  since = agent.output().length;
  writeFileSync(path, `${good}\n{% if %}\n`);
  const syntax = await told(agent, since, /frr\.conf.*line|line.*frr\.conf/i);
  claim('a template that does not parse is named with its line', syntax.line.slice(0, 160), true);
  const afterSyntax = await untouched(mesh);
  claim('the last good configuration still goes on', afterSyntax, afterSyntax === before);

  writeFileSync(
    path,
    good.replace('!\n', '!\nip prefix-list EDITED seq 5 permit 192.0.2.0/24\n!\n'),
  );
  await waitFor(
    { what: 'the operator’s own line in FRR', deadlineMs: 60_000, everyMs: 1500 },
    async () =>
      (await vtysh(mesh, edited, 'show running-config')).includes('prefix-list EDITED seq 5'),
  );
  const afterEdit = await untouched(mesh);
  claim('a good edit is applied and no session is touched', afterEdit, afterEdit === before);

  await mesh.stopAgent(edited);
  mesh.startAgent(edited);
  await mesh.whole();
};

export const scenario: Scenario = {
  title: 'edited FRR templates',
  topology: fourNodes,
  stories: [{ name: 'refused, refused, taken', tell: edits }],
};
