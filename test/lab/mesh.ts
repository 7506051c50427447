// The mesh on a topology: the controller and the agents as real programs, started, stopped and asked.
import { answersAt } from './answers-at.ts';
import { frrImages, prepareDocker, startDocker } from './docker.ts';
import { type Host, hostNamed, type Ran, type Running, scriptInLab } from './host.ts';
import { fetchMetrics, type Sample } from './metrics-text.ts';
import { program } from './programs.ts';
import {
  controllerAddress,
  type NodePlan,
  type Topology,
  topologyScript,
  underlayOf,
} from './topology.ts';
import { waitFor } from './wait-for.ts';

export interface Mesh {
  readonly topology: Topology;
  readonly nodes: readonly NodePlan[];
  readonly controller: Host;
  readonly host: (name: string) => Host;
  readonly startController: (flags?: readonly string[]) => Promise<Running>;
  readonly stopController: () => Promise<void>;
  /** Starts the agent of a node with its plan's flags and these. */
  readonly startAgent: (name: string, flags?: readonly string[]) => Running;
  readonly stopAgent: (name: string) => Promise<void>;
  /** One call of the client that ends by itself: -plan, -once, -clean. */
  readonly callAgent: (name: string, flags: readonly string[]) => Promise<Ran>;
  readonly callController: (words: readonly string[]) => Promise<Ran>;
  readonly agentMetrics: (name: string) => Promise<readonly Sample[]>;
  readonly controllerMetrics: () => Promise<readonly Sample[]>;
  /** What the node's agent has said so far. */
  readonly agentLog: (name: string) => string;
  /** Everything that does not run yet is started; gives the seconds until every session was Established. */
  readonly whole: () => Promise<number>;
  /** The seconds of the last `whole` that had agents to start. */
  readonly formedIn: () => number;
}

const controllerMetricsPort = 9180;
const agentMetricsPort = 9181;

/** Docker and its image are there before the agents start: that time is no part of the mesh's. */
const startDaemons = async (nodes: readonly NodePlan[]): Promise<void> => {
  const withDocker = nodes.filter((node) => node.docker !== false);
  if (withDocker.length === 0) return;
  await prepareDocker();
  for (const node of withDocker) await startDocker(hostNamed(node.name));
};

/** A guest whose machine is busy stands still for longer than the default's 1.2 s, and BFD would be right to complain. */
const bfdFlags = process.env['LAB_KERNEL'] === 'own' ? [] : ['-bfd', '500x10'];

const agentFlags = (node: NodePlan): readonly string[] => [
  ...['-controlserver', `[${controllerAddress}]:12384`],
  ...['-frrimage', frrImages[node.frrImage ?? '10.3']],
  ...(node.defaultBfd === true ? [] : bfdFlags),
  ...(node.docker === false ? ['-frr', 'none'] : []),
  ...(node.lan === undefined ? [] : ['-advertise', `${node.lan.v4.prefix},${node.lan.v6.prefix}`]),
  ...(node.flags ?? []),
];

/** All that the client of a node is started with. */
export const clientFlags = (node: NodePlan): readonly string[] => [
  ...agentFlags(node),
  ...['-metrics', `[${underlayOf(node)}]:${agentMetricsPort}`],
];

/** All that the server is started with. */
export const serverFlags = ({ controllerFlags = [], open }: Topology): readonly string[] => [
  ...['-listen', ...(open === false ? [] : ['-open'])],
  ...['-http', `[::]:${controllerMetricsPort}`],
  ...controllerFlags,
];

/** The peers that a node has no Established session with. */
export const missingSessions = (
  samples: readonly Sample[],
  peers: readonly string[],
): readonly string[] => {
  const up = samples.filter(({ name, value }) => name === 'meshover_agent_bgp_up' && value === 1);
  const names = new Set(up.map(({ labels }) => labels['peer']));
  return peers.filter((peer) => !names.has(peer));
};

/** The value of the one sample of this name (and labels, where given). */
export const labelled = (
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined =>
  samples.find(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;

/** How many sessions between these nodes are Established now, counted at both ends. */
export const sessionCount = async (mesh: Mesh, names: readonly string[]): Promise<number> => {
  const missing = await Promise.all(
    names.map(async (name) => missingSessions(await mesh.agentMetrics(name), names)),
  );
  // None has a session with itself.
  return names.length ** 2 - missing.flat().length;
};

/** Waits until each of these nodes has a BGP session with each other one. */
export const sessionsUp = async (
  mesh: Mesh,
  names: readonly string[],
  deadlineMs = 240_000,
): Promise<number> => {
  const start = performance.now();
  for (const name of names) {
    const peers = names.filter((peer) => peer !== name);
    const what = `BGP sessions of ${name}`;
    await waitFor({ what, deadlineMs, everyMs: 500 }, async () => {
      const missing = missingSessions(await mesh.agentMetrics(name), peers);
      return missing.length === 0 ? true : `none with ${missing.join(' ')}`;
    });
  }
  return (performance.now() - start) / 1000;
};

export const makeMesh = async (topology: Topology): Promise<Mesh> => {
  await scriptInLab(topologyScript(topology));
  await startDaemons(topology.nodes);
  return meshOn(topology);
};

const meshOn = (topology: Topology): Mesh => {
  const agents = new Map<string, Running>();
  const controller = hostNamed('controller');
  let server: Running | undefined;
  let formedIn = 0;
  const planOf = (name: string): NodePlan => {
    const node = topology.nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`topology ${topology.name} has no node ${name}`);
    return node;
  };
  const startController = async (flags: readonly string[] = []): Promise<Running> => {
    const argv = [program('server'), ...serverFlags(topology), ...flags];
    const started = controller.start('server', argv);
    server = started;
    await waitFor({ what: 'the controller', deadlineMs: 60_000 }, async () => {
      if (!started.isRunning()) return `it ended: ${started.output().slice(-300)}`;
      return answersAt({ host: controllerAddress, port: 12384 });
    });
    return started;
  };
  const startAgent = (name: string, flags: readonly string[] = []): Running => {
    const node = planOf(name);
    const argv = [program('client'), ...clientFlags(node), ...flags];
    const started = hostNamed(name).start('client', argv);
    agents.set(name, started);
    return started;
  };
  const names = topology.nodes.map(({ name }) => name);
  const mesh: Mesh = {
    topology,
    nodes: topology.nodes,
    controller,
    host: hostNamed,
    startController,
    stopController: async () => {
      await server?.stop();
      server = undefined;
    },
    startAgent,
    stopAgent: async (name) => {
      await agents.get(name)?.stop();
      agents.delete(name);
    },
    callAgent: (name, flags) =>
      hostNamed(name).run([program('client'), ...agentFlags(planOf(name)), ...flags], {
        timeoutMs: 180_000,
      }),
    callController: (words) => controller.run([program('meshoverctl'), ...words]),
    agentMetrics: (name) =>
      fetchMetrics(`http://[${underlayOf(planOf(name))}]:${agentMetricsPort}/metrics`),
    controllerMetrics: () =>
      fetchMetrics(`http://[${controllerAddress}]:${controllerMetricsPort}/metrics`),
    agentLog: (name) => agents.get(name)?.output() ?? '',
    whole: async () => {
      if (server?.isRunning() !== true) await startController();
      const resting = names.filter((name) => agents.get(name)?.isRunning() !== true);
      for (const name of resting) startAgent(name);
      const seconds = await sessionsUp(mesh, names);
      if (resting.length > 0) formedIn = seconds;
      return seconds;
    },
    formedIn: () => formedIn,
  };
  return mesh;
};
