// Two hosts of FRR's tests with a link between them, what their kernels route, and an RTR cache on one of them.
import { spawn, type ChildProcess } from 'node:child_process';
import { frrRunDirectory } from '../../client/desired/frr-container.ts';
import { linkLocalOf, linkName } from '../../client/desired/names.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { FrrCase } from '../client/desired/frr-case.ts';
import { run, startFrrNode, until, wantedOf, type FrrNode } from './frr-node.ts';
import type { FrrVersion } from './images.ts';

export interface Host {
  readonly node: FrrNode;
  readonly self: Peer;
}

export const linkUp = (a: Host, b: Host): void => {
  const [ifA, ifB] = [linkName(b.self.name), linkName(a.self.name)];
  const [nameA, nameB] = [a.node.namespace, b.node.namespace];
  run('ip', '-n', nameA, 'link', 'add', ifA, 'type', 'veth', 'peer', 'name', ifB, 'netns', nameB);
  for (const [namespace, name, address] of [
    [nameA, ifA, linkLocalOf(a.self.asn)],
    [nameB, ifB, linkLocalOf(b.self.asn)],
  ] as const) {
    run('ip', '-n', namespace, 'link', 'set', name, 'addrgenmode', 'none', 'up');
    run('ip', '-n', namespace, 'address', 'add', `${address}/64`, 'dev', name, 'nodad');
  }
};

export const giveAddresses = ({ node, self }: Host): void => {
  run('ip', '-n', node.namespace, 'address', 'add', `${self.nodeAddress4}/32`, 'dev', 'mo-node');
  run('ip', '-n', node.namespace, 'address', 'add', `${self.nodeAddress6}/128`, 'dev', 'mo-node');
};

export const bgpRoutes = (node: FrrNode): readonly string[] =>
  ['-4', '-6']
    .flatMap((family) =>
      run('ip', '-n', node.namespace, family, 'route', 'show', 'proto', 'bgp').split('\n'),
    )
    .flatMap((line) => /^([0-9a-f][0-9a-f.:/]*) /.exec(line)?.[1] ?? [])
    .sort();

export interface RtrCache {
  take(network: FrrCase): void;
  /** By SIGKILL, as if the agent had died. */
  stop(): Promise<void>;
}

export const cachePort = 12_386;

export const startCache = (node: FrrNode, network: FrrCase, expire = 172_800): RtrCache => {
  const child: ChildProcess = spawn(
    'nsenter',
    [
      `--net=/run/netns/${node.namespace}`,
      ...[process.execPath, 'test/frr/cache-process.ts', String(cachePort)],
      ...[frrRunDirectory(node.host.stateDir), String(expire)],
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const take = (given: FrrCase): void => {
    child.stdin?.write(`${JSON.stringify(given)}\n`);
  };
  take(network);
  return {
    take,
    stop: () =>
      new Promise((resolve) => {
        child.on('exit', () => {
          resolve();
        });
        if (!child.kill('SIGKILL')) resolve();
      }),
  };
};

export const askBgpd = async (node: FrrNode, ...commands: readonly string[]): Promise<string> => {
  const answers = await node.host.vty.ask('bgpd', ['enable', ...commands]);
  return answers?.at(-1)?.text ?? '';
};

/** `host` says things that its own filters would keep back. */
export const announce = async (
  { node, self }: Host,
  family: 4 | 6,
  prefix: string,
): Promise<void> => {
  await askBgpd(
    node,
    'configure terminal',
    `router bgp ${self.asn}`,
    `address-family ipv${family} unicast`,
    `no neighbor MO prefix-list MO-OWN-${family} out`,
    `network ${prefix}`,
  );
};

export interface Pair {
  readonly a: Host;
  readonly b: Host;
  /** Of `a`. */
  cache: RtrCache;
  /** One turn of the agent on `a`, without its RTR part. */
  turn(network: FrrCase): Promise<readonly string[]>;
  /** Until these are all that BGP has put into the kernel of `a`. */
  routesAre(routes: readonly string[]): Promise<void>;
  /** Until bgpd of `a` holds so many payloads. */
  tableHolds(count: number): Promise<void>;
  /** Until `a` has heard these of `b`, accepted or not. */
  hasHeard(prefixes: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** `b` announces what it holds; `a` believes `network`. */
export const startPair = async (
  version: FrrVersion,
  hosts: { readonly a: Peer; readonly b: Peer },
  given: { readonly network: FrrCase; readonly expire?: number },
): Promise<Pair> => {
  const [nodeA, nodeB] = await Promise.all([startFrrNode(), startFrrNode()]);
  const [a, b] = [
    { node: nodeA, self: hosts.a },
    { node: nodeB, self: hosts.b },
  ];
  linkUp(a, b);
  giveAddresses(a);
  giveAddresses(b);
  const pair: Pair = {
    a,
    b,
    cache: startCache(nodeA, given.network, given.expire),
    turn: (network) => nodeA.turn(wantedOf(network, version)),
    routesAre: (routes) =>
      until(() => {
        const now = bgpRoutes(nodeA).join(' ');
        if (now !== [...routes].sort().join(' ')) throw new Error(`the kernel routes ${now}`);
        return Promise.resolve(true);
      }),
    tableHolds: (count) =>
      until(async () => {
        const text = await askBgpd(nodeA, 'show rpki prefix-table');
        if ((text.match(/ - /g) ?? []).length !== count) throw new Error(text);
        return true;
      }),
    hasHeard: (prefixes) =>
      until(async () => {
        const text = await heard(a, b);
        return prefixes.every((prefix) => text.includes(prefix));
      }, 90_000),
    stop: async () => {
      await pair.cache.stop();
      await Promise.all([nodeA.stop(), nodeB.stop()]);
    },
  };
  await Promise.all([
    pair.turn(given.network),
    nodeB.turn(wantedOf({ self: hosts.b, peers: [hosts.a] }, version)),
  ]);
  return pair;
};

export const heard = async (a: Host, b: Host): Promise<string> => {
  const commands = [4, 6].map(
    (family) => `show bgp ipv${family} unicast neighbors ${linkName(b.self.name)} received-routes`,
  );
  return (await Promise.all(commands.map((command) => askBgpd(a.node, command)))).join('');
};
