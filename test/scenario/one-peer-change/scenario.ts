// One peer changes (it advertises another prefix, it goes, it comes): no other session is touched.
import type { Claims } from '../../lab/claims.ts';
import { type Mesh, missingSessions, sessionsUp } from '../../lab/mesh.ts';
import { approve } from '../../lab/operator.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { sessionsOf } from '../../lab/vtysh.ts';
import { waitFor } from '../../lab/wait-for.ts';

const changing = 'delta';
const witness = 'alpha';

/** What the witness's sessions with everybody else have lived through. */
const othersLives = async (mesh: Mesh, changingLinks: ReadonlySet<string>): Promise<string> =>
  [...(await sessionsOf(mesh, witness))]
    .filter(([link]) => !changingLinks.has(link))
    .map(
      ([link, { dropped, established }]) => `${link} dropped ${dropped} up ${established ? 1 : 0}`,
    )
    .join(', ');

const linkTo = async (mesh: Mesh, name: string): Promise<ReadonlySet<string>> => {
  const links = await mesh.host(witness).must(['ip', '-o', 'link']);
  const found = [...links.matchAll(/ (mo-[a-z0-9]+)[@:]/g)].map(([, link = '']) => link);
  return new Set(found.filter((link) => link.startsWith(`mo-${name.slice(0, 4)}`)));
};

const advertised = (mesh: Mesh, prefix: string, wanted: boolean): Promise<true> =>
  waitFor(
    { what: `${prefix} to ${wanted ? 'come' : 'go'}`, deadlineMs: 90_000, everyMs: 1000 },
    async () => {
      const route = await mesh.host(witness).must(['ip', 'route', 'show', prefix]);
      return (route.trim() !== '') === wanted ? true : `route: ${route.trim() || 'none'}`;
    },
  );

const changes = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  const link = await linkTo(mesh, changing);
  const before = await othersLives(mesh, link);
  const unchanged = async (what: string): Promise<void> => {
    const now = await othersLives(mesh, link);
    claim(`no other session of ${witness} was touched when ${what}`, now, now === before);
  };
  claim(`link of ${witness} to ${changing}`, [...link].join(' '), link.size === 1);

  await mesh.stopAgent(changing);
  mesh.startAgent(changing, ['-advertise', '10.77.0.0/16']);
  await advertised(mesh, '10.77.0.0/16', true);
  await unchanged(`${changing} advertised one prefix more`);

  await mesh.stopAgent(changing);
  mesh.startAgent(changing);
  await advertised(mesh, '10.77.0.0/16', false);
  await unchanged(`${changing} took it back`);

  await mesh.stopAgent(changing);
  await mesh.callController(['remove', changing]);
  await waitFor(
    { what: `${witness} to drop its session`, deadlineMs: 180_000 },
    async () => missingSessions(await mesh.agentMetrics(witness), [changing]).length === 1,
  );
  await unchanged(`${changing} was removed`);

  await mesh.callAgent(changing, ['-clean']);
  mesh.startAgent(changing);
  await approve(mesh, changing);
  await sessionsUp(
    mesh,
    mesh.nodes.map(({ name }) => name),
  );
  await unchanged(`${changing} came back`);
};

export const scenario: Scenario = {
  title: 'one peer changes',
  topology: fourNodes,
  stories: [{ name: 'nobody else notices', tell: changes }],
};
