// A host that learnt its default route by router advertisement keeps it while the agent switches forwarding on.
import type { Claims } from '../../lab/claims.ts';
import type { Running } from '../../lab/host.ts';
import type { Mesh } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { outside } from '../../lab/topology.ts';
import { waitFor } from '../../lab/wait-for.ts';

const lifetimeSeconds = 12;

const radvdConf = `interface eth0 {
  AdvSendAdvert on;
  MinRtrAdvInterval 3;
  MaxRtrAdvInterval 4;
  AdvDefaultLifetime ${lifetimeSeconds};
};
`;

const startRadvd = async (mesh: Mesh): Promise<Running> => {
  const router = mesh.host(outside.name);
  await router.must(['sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1']);
  await router.must(['tee', '/run/radvd.conf'], { stdin: radvdConf });
  await router.must(['chmod', '644', '/run/radvd.conf']);
  const words = ['radvd', '-n', '-m', 'stderr', '-C', '/run/radvd.conf', '-p', '/run/radvd.pid'];
  return router.start('radvd', words);
};

interface KernelRoute {
  readonly protocol?: string;
  readonly expires?: number;
}

/** Seconds that the learnt default route has left; undefined where there is none. */
const secondsLeft = async (mesh: Mesh): Promise<number | undefined> => {
  const shown = await mesh.host('delta').must(['ip', '-6', '-j', 'route', 'show', 'default']);
  const routes = JSON.parse(shown || '[]') as readonly KernelRoute[];
  return routes.find(({ protocol }) => protocol === 'ra')?.expires;
};

/** The route was seen to get older and then young again: an advertisement was accepted. */
const renewed = async (mesh: Mesh, times: number): Promise<void> => {
  let last = Infinity;
  let seen = 0;
  await waitFor(
    { what: 'the default route renewed', deadlineMs: 60_000, everyMs: 500 },
    async () => {
      const left = await secondsLeft(mesh);
      if (left === undefined) throw new Error('there is no learnt default route');
      if (left > last) seen += 1;
      last = left;
      return seen >= times;
    },
  );
};

const read = async (mesh: Mesh, key: string): Promise<string> =>
  (await mesh.host('delta').must(['sysctl', '-n', `net.ipv6.conf.${key}`])).trim();

const survives = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  await mesh.stopAgent('delta');
  await mesh.callAgent('delta', ['-clean']);
  const before = await read(mesh, 'all.forwarding');
  claim('forwarding is off again after -clean', before, before === '0');
  await mesh.host('delta').must(['ip', '-6', 'route', 'del', 'default']);
  await startRadvd(mesh);
  await waitFor({ what: 'a learnt default route', deadlineMs: 30_000 }, () => secondsLeft(mesh));
  mesh.startAgent('delta');
  await mesh.whole();
  const forwarding = await read(mesh, 'all.forwarding');
  claim('the agent switched forwarding on', forwarding, forwarding === '1');
  const accept = await read(mesh, 'eth0.accept_ra');
  claim('after it made the host listen to advertisements still: accept_ra', accept, accept === '2');
  const start = performance.now();
  await renewed(mesh, 4);
  const took = (performance.now() - start) / 1000;
  claim(
    `the default route outlives its ${lifetimeSeconds} s, renewed 4 times`,
    `${took.toFixed(0)} s`,
    true,
  );
  const ping = await mesh.host('delta').run(['ping', '-c1', '-W5', outside.v6]);
  claim('and carries packets', ping.status === 0 ? 'answered' : 'no answer', ping.status === 0);
};

const goesBack = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.stopAgent('delta');
  await mesh.callAgent('delta', ['-clean']);
  const accept = await read(mesh, 'eth0.accept_ra');
  claim('-clean puts accept_ra back', accept, accept === '1');
  const forwarding = await read(mesh, 'all.forwarding');
  claim('-clean puts forwarding back', forwarding, forwarding === '0');
  await mesh.host(outside.name).must(['sh', '-c', 'kill "$(cat /run/radvd.pid)"']);
  await mesh
    .host('delta')
    .must(['ip', '-6', 'route', 'replace', 'default', 'via', '2001:db8::ffff']);
  const seconds = await mesh.whole();
  claim('delta is back in the mesh', `${seconds.toFixed(1)} s`, true);
};

export const scenario: Scenario = {
  title: 'a default route learnt by router advertisement',
  topology: fourNodes,
  stories: [
    { name: 'the default route survives', tell: survives },
    { name: '-clean puts it back', tell: goesBack },
  ],
};
