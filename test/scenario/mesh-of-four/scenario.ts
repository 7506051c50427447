// Four nodes join, and everything of everybody is reachable; a second run has nothing to do; -clean leaves nothing.
import { allPings, allReached, describePings, failedPings } from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import { type Mesh, sessionCount } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { waitFor } from '../../lab/wait-for.ts';

const forms = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  const names = mesh.nodes.map(({ name }) => name);
  const [up, all] = [await sessionCount(mesh, names), names.length * (names.length - 1)];
  const figure = `${up} of ${all}, ${mesh.formedIn().toFixed(1)} s from the agents' start`;
  claim('BGP sessions Established between all nodes', figure, up === all);
  const addresses = await allReached(mesh);
  const distinct = new Set(addresses.flatMap(({ v4, v6 }) => [v4, v6]).filter(Boolean)).size;
  claim('node addresses, all different', distinct, distinct === 2 * mesh.nodes.length);
  claim('pings between all node addresses, v4 and v6', allPings(addresses).length, true);
};

const lanToLan = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const pings = [
    { from: 'lan-alpha', to: '10.30.0.2' },
    { from: 'lan-alpha', to: '2001:db8:30::2' },
    { from: 'lan-bravo', to: '10.20.0.2' },
    { from: 'lan-bravo', to: '2001:db8:20::2' },
  ];
  await waitFor({ what: 'pings from LAN to LAN', deadlineMs: 60_000 }, async () => {
    const failed = await failedPings(mesh, pings);
    return failed.length === 0 ? true : describePings(failed);
  });
  claim('a host behind alpha and one behind bravo ping each other, v4 and v6', pings.length, true);
};

const nothingToDo = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  for (const { name } of mesh.nodes) {
    const ran = await mesh.callAgent(name, ['-plan']);
    const plan = ran.stdout.trim().split('\n').slice(1).join(' | ');
    claim(`-plan on ${name} has nothing to do`, plan, ran.status === 0 && /^nothing/i.test(plan));
  }
};

const onceAndClean = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const delta = mesh.host('delta');
  await mesh.stopAgent('delta');
  const cleaned = await mesh.callAgent('delta', ['-clean']);
  claim('-clean on delta exits 0', cleaned.status, cleaned.status === 0);
  const left = await delta.shell(
    'ip -o link | grep -o " mo-[^:@]*"; ip rule | grep -v "lookup \\(local\\|main\\|default\\)"; ip -6 rule | grep -v "lookup \\(local\\|main\\)"; docker ps -aq; ip route | grep -v eth0; true\n',
  );
  const words = left.stdout.trim().replaceAll(/\s+/g, ' ');
  claim(
    '-clean leaves no interface, rule, route or container of ours',
    words || 'none',
    words === '',
  );
  const reach = await delta.run(['ping', '-c1', '-W5', '2001:db8::c']);
  claim('the cleaned host is reachable as before', reach.status, reach.status === 0);
  const once = await mesh.callAgent('delta', ['-once']);
  claim('-once on delta exits 0', once.status, once.status === 0);
  const again = await mesh.whole();
  claim('delta is back in the mesh', `${again.toFixed(1)} s`, true);
};

export const scenario: Scenario = {
  title: 'mesh of four',
  topology: fourNodes,
  stories: [
    { name: 'the mesh forms', tell: forms },
    { name: 'LAN to LAN', tell: lanToLan },
    { name: 'a second run has nothing to do', tell: nothingToDo },
    { name: '-clean and -once', tell: onceAndClean },
  ],
};
