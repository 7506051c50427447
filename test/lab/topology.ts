// What a scenario stands on: hosts on one IPv6 underlay, LANs behind some of them; and the script that makes them.
import { labRoot } from './places.ts';

export interface Lan {
  /** The LAN's host, a namespace behind the node. */
  readonly name: string;
  readonly v4: { readonly prefix: string; readonly router: string; readonly address: string };
  readonly v6: { readonly prefix: string; readonly router: string; readonly address: string };
}

export interface NodePlan {
  readonly name: string;
  /** Last group of its underlay address in 2001:db8::/64. */
  readonly number: number;
  readonly flags?: readonly string[];
  readonly lan?: Lan;
  /** Which of the FRR images made from Debian's packages; 10.3 unless given. */
  readonly frrImage?: '10.3' | '8.4.4';
  /** BFD with the agent's own timers, in a guest too. */
  readonly defaultBfd?: boolean;
  /** A host of its own Docker daemon; false for hosts that are only namespaces. */
  readonly docker?: boolean;
}

export interface Topology {
  /** Scenarios whose topologies have one name share one boot. */
  readonly name: string;
  readonly nodes: readonly NodePlan[];
  readonly controllerFlags?: readonly string[];
  /** False: the controller admits by token or approval only; otherwise everybody, for scenarios where trust is not the story. */
  readonly open?: boolean;
}

export const underlayOf = (node: { readonly number: number }): string => `2001:db8::${node.number}`;
export const controllerAddress = '2001:db8::c';
/** The world beyond the underlay's router: what a gathered packet is sent to. */
export const outside = { name: 'outside', v4: '203.0.113.1', v6: '2001:db8:ffff::1' } as const;

const routerNumber = 'ffff';

const hostScript = (name: string): readonly string[] => [
  `mkdir -p ${labRoot}/hosts/${name}/run/netns ${labRoot}/hosts/${name}/lib/misc`,
  `touch ${labRoot}/ns/${name}.mnt ${labRoot}/ns/${name}.uts`,
  `ip netns add ${name}`,
  `nsenter --net=/run/netns/${name} unshare --mount=${labRoot}/ns/${name}.mnt ` +
    `--uts=${labRoot}/ns/${name}.uts --propagation private bash -eu -s <<'HOST'`,
  'mount -t sysfs sysfs /sys',
  // A fresh sysfs hides the cgroup mount, without which dockerd does not start.
  'mount -t cgroup2 cgroup2 /sys/fs/cgroup',
  `mount --bind ${labRoot}/hosts/${name}/lib /var/lib`,
  `mount --bind ${labRoot}/hosts/${name}/run /run`,
  `hostname ${name}`,
  'ip link set lo up',
  'HOST',
];

const underlayScript = (name: string, number: string): readonly string[] => [
  `ip link add u-${name} type veth peer name eth0 netns ${name}`,
  `ip link set u-${name} master underlay up`,
  `ip -n ${name} -batch - <<'IP'`,
  `addr add 2001:db8::${number}/64 dev eth0 nodad`,
  `link set eth0 up`,
  ...(number === routerNumber ? [] : [`route add default via 2001:db8::${routerNumber}`]),
  'IP',
];

const lanScript = (node: NodePlan, lan: Lan): readonly string[] => [
  ...hostScript(lan.name),
  `ip -n ${node.name} link add lan0 type veth peer name eth0 netns ${lan.name}`,
  `ip -n ${node.name} -batch - <<'IP'`,
  `addr add ${lan.v4.router} dev lan0`,
  `addr add ${lan.v6.router} dev lan0 nodad`,
  'link set lan0 up',
  'IP',
  `ip -n ${lan.name} -batch - <<'IP'`,
  `addr add ${lan.v4.address} dev eth0`,
  `addr add ${lan.v6.address} dev eth0 nodad`,
  'link set eth0 up',
  `route add default via ${lan.v4.router.replace(/\/.*/, '')}`,
  `route add default via ${lan.v6.router.replace(/\/.*/, '')}`,
  'IP',
];

/** The router of the underlay, with the world behind it; it knows nothing of the mesh. */
const outsideScript: readonly string[] = [
  ...hostScript(outside.name),
  ...underlayScript(outside.name, routerNumber),
  `ip -n ${outside.name} -batch - <<'IP'`,
  'addr add 198.51.100.254/24 dev eth0',
  `addr add ${outside.v4}/32 dev lo`,
  `addr add ${outside.v6}/128 dev lo`,
  'IP',
];

/** One script for all: in a slow guest, one shell is cheaper than a hundred programs. */
export const topologyScript = (topology: Topology): string =>
  [
    `mkdir -p ${labRoot}/ns ${labRoot}/hosts`,
    `mount --bind ${labRoot}/ns ${labRoot}/ns`,
    `mount --make-private ${labRoot}/ns`,
    'sysctl -qw net.ipv6.conf.default.accept_dad=0',
    'ip link add underlay type bridge mcast_snooping 0',
    'ip link set underlay up',
    // The lab itself is a machine on the underlay: it reads metrics without entering a host.
    'ip addr add 2001:db8::fffe/64 dev underlay nodad',
    ...outsideScript,
    ...hostScript('controller'),
    ...underlayScript('controller', 'c'),
    ...topology.nodes.flatMap((node) => [
      ...hostScript(node.name),
      ...underlayScript(node.name, String(node.number)),
      `ip -n ${node.name} addr add 198.51.100.${node.number}/24 dev eth0`,
      `ip -n ${node.name} route add default via 198.51.100.254`,
      ...(node.lan === undefined ? [] : lanScript(node, node.lan)),
    ]),
    '',
  ].join('\n');
