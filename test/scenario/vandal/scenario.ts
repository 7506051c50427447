// Somebody breaks each of the agent's resources by hand; within one resync all is as it was.
import type { Claims } from '../../lab/claims.ts';
import type { Host } from '../../lab/host.ts';
import { type Mesh, missingSessions } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { settled } from '../../lab/settled.ts';
import { watchStalls } from '../../lab/stalls.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { gatheringNodes } from '../gathering/topology.ts';

/** One resync, in a guest too. */
const limitMs = 10_000;
const vtysh = 'docker exec meshover-frr vtysh';

/** How one resource is broken, and a script that is silent and ends with 0 when it is whole. $L is the first link, $R the first gathering rule. */
interface Damage {
  readonly what: string;
  readonly damage: string;
  readonly whole: string;
}

const damages: readonly Damage[] = [
  {
    what: 'a link is deleted',
    damage: 'ip link del $L',
    whole: 'ip -o addr show dev $L up | grep -q fe80',
  },
  {
    what: 'a link is set down',
    damage: 'ip link set $L down',
    whole: 'ip -o addr show dev $L up | grep -q fe80',
  },
  {
    what: "a link's MTU is changed",
    damage: 'ip link set $L mtu 1300',
    whole: '! ip -o link show dev $L | grep -q "mtu 1300 "',
  },
  {
    what: 'a wrong address is added to the dummy',
    damage: 'ip addr add 10.66.6.6/32 dev mo-node',
    whole: '! ip -o addr show dev mo-node | grep -q 10.66.6.6',
  },
  {
    what: 'the node addresses are removed',
    damage: 'ip addr flush dev mo-node',
    whole: '[ "$(ip -o addr show dev mo-node scope global | wc -l)" = 2 ]',
  },
  {
    what: 'the dummy is deleted',
    damage: 'ip link del mo-node',
    whole: '[ "$(ip -o addr show dev mo-node scope global | wc -l)" = 2 ]',
  },
  {
    what: "a peer's endpoint is changed",
    damage: 'wg set mo-wg peer "$(wg show mo-wg peers | head -1)" endpoint "[2001:db8::dead]:1"',
    whole: '! wg show mo-wg endpoints | grep -q dead',
  },
  {
    what: 'a peer is removed from WireGuard',
    damage: 'wg set mo-wg peer "$(wg show mo-wg peers | head -1)" remove',
    whole: '[ "$(wg show mo-wg peers | wc -l)" = 3 ]',
  },
  {
    what: 'a gathering rule is removed',
    damage: 'ip rule del pref $R',
    whole: 'ip rule | grep -q "^$R:"',
  },
  {
    what: 'a gathering route is removed',
    damage: 'ip route flush table $T',
    whole: 'ip route show table $T | grep -q default',
  },
  {
    what: 'forwarding is switched off',
    damage: 'sysctl -qw net.ipv4.ip_forward=0',
    whole: '[ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ]',
  },
  {
    what: 'frr.conf is edited by hand',
    damage: 'echo "! by hand" >> /var/lib/meshover/frr/frr.conf',
    whole: '! grep -q "by hand" /var/lib/meshover/frr/frr.conf',
  },
  {
    what: 'a neighbour is taken out of the running FRR',
    damage: `${vtysh} -c 'configure terminal' -c 'router bgp' -c "no neighbor $L interface"`,
    whole: `${vtysh} -c 'show running-config' | grep -q "neighbor $L interface"`,
  },
  {
    what: "FRR's container is killed",
    damage: 'docker kill meshover-frr',
    whole: '[ "$(docker inspect -f "{{.State.Running}}" meshover-frr)" = true ]',
  },
  {
    what: "FRR's container is removed",
    damage: 'docker rm -f meshover-frr',
    whole: '[ "$(docker inspect -f "{{.State.Running}}" meshover-frr)" = true ]',
  },
];

/** Names of this host's resources, read while all is whole. */
const namesScript = `
L=$(ip -o link show type ip6gre | grep -o 'mo-[^:@]*' | head -1)
R=$(ip rule | grep 'from 192.0.2.0/27 lookup 4' | head -1 | cut -d: -f1)
T=$(ip rule | grep 'from 192.0.2.0/27 lookup 4' | head -1 | sed 's/.*lookup \\([0-9]*\\).*/\\1/')
echo "L=$L R=$R T=$T"
`;

/** Milliseconds until it was whole again. */
const healingTime = async (host: Host, names: string, each: Damage): Promise<number> => {
  const damaged = await host.shell(`${names}\n${each.damage}\n`);
  if (damaged.status !== 0) throw new Error(`the damage was not done: ${damaged.stderr}`);
  const start = performance.now();
  await waitFor({ what: each.what, deadlineMs: 60_000, everyMs: 300 }, async () => {
    const looked = await host.shell(`${names}\n${each.whole}\n`);
    return looked.status === 0;
  });
  return performance.now() - start;
};

/** One damage at a time: the next comes when nothing is left of the last one. */
const afterTheLast = async (mesh: Mesh): Promise<void> => {
  await settled(mesh, ['alpha']);
  const peers = mesh.nodes.map(({ name }) => name).filter((name) => name !== 'alpha');
  await waitFor(
    { what: 'the sessions of alpha', deadlineMs: 180_000, everyMs: 1000 },
    async () => missingSessions(await mesh.agentMetrics('alpha'), peers).length === 0,
  );
};

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const breaksAndHeals = async (mesh: Mesh, claims: Claims): Promise<void> => {
  await mesh.whole();
  const host = mesh.host('alpha');
  const names = (await host.shell(namesScript)).stdout.trim();
  claims.claim('the resources to break are there', names, /L=mo-\S+ R=\d+ T=\d+/.test(names));
  const stalls = watchStalls();
  for (const each of damages) {
    await afterTheLast(mesh);
    const from = Date.now();
    const took = await healingTime(host, names, each);
    const { lostMs } = stalls.between(from, Date.now());
    const figure = `${inSeconds(took)}, the machine stood still for ${inSeconds(lostMs)}`;
    claims.claim(`${each.what}: healed after`, figure, took - lostMs <= limitMs);
  }
  stalls.stop();
  const seconds = await mesh.whole();
  claims.claim('every session is Established again', `${seconds.toFixed(1)} s`, true);
};

export const scenario: Scenario = {
  title: 'vandalism heals',
  topology: gatheringNodes,
  stories: [{ name: 'each resource is broken and heals', tell: breaksAndHeals }],
};
