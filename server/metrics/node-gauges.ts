// What each node reported, one series a node: handshakes, BGP sessions by state, failed steps.
import { Gauge, type Registry } from 'prom-client';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import type { HubState } from '../hub/state.ts';
import { nodesOf } from '../register/register.ts';

export interface MetricsGiven {
  readonly state: HubState;
  readonly now: () => number;
}

interface NodeGauge {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly read: (report: Report) => readonly Sample[];
}

interface Report {
  readonly status: NodeStatus;
  readonly atMs: number;
  readonly nowMs: number;
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Sums only: a series for each link would be the square of the nodes. */
const gauges: readonly NodeGauge[] = [
  {
    name: 'meshover_node_report_age_seconds',
    help: 'Seconds since the node last reported its state.',
    labelNames: [],
    read: ({ atMs, nowMs }) => [{ value: Math.max(0, (nowMs - atMs) / 1000) }],
  },
  {
    name: 'meshover_node_handshake_age_seconds',
    help: "Age of the oldest last WireGuard handshake among the node's links that had one.",
    labelNames: [],
    read: ({ status, nowMs }) => {
      const times = status.links.map((link) => link.lastHandshakeSeconds).filter((at) => at > 0);
      return times.length === 0 ? [] : [{ value: Math.max(0, nowMs / 1000 - Math.min(...times)) }];
    },
  },
  {
    name: 'meshover_node_links_without_handshake',
    help: 'Links of the node on which no WireGuard handshake ever succeeded.',
    labelNames: [],
    read: ({ status }) => [
      { value: status.links.filter((link) => link.lastHandshakeSeconds === 0).length },
    ],
  },
  {
    name: 'meshover_node_bgp_sessions',
    help: 'BGP sessions of the node by state, in the words of FRR.',
    labelNames: ['state'],
    read: ({ status }) => {
      const counts = new Map<string, number>();
      for (const { bgpState } of status.links) {
        if (bgpState !== '') counts.set(bgpState, (counts.get(bgpState) ?? 0) + 1);
      }
      return [...counts].map(([state, value]) => ({ labels: { state }, value }));
    },
  },
  {
    name: 'meshover_node_failed_steps',
    help: "Steps that failed in the node's last run.",
    labelNames: [],
    read: ({ status }) => [{ value: status.failedSteps }],
  },
];

export const addNodeGauges = (registry: Registry, given: MetricsGiven): void => {
  addConnected(registry, given.state);
  addViolations(registry, given);
  for (const { name, help, labelNames, read } of gauges) {
    new Gauge({
      name,
      help,
      labelNames: ['node', ...labelNames],
      registers: [registry],
      collect() {
        this.reset();
        for (const [node, report] of reportsOf(given)) {
          for (const { labels, value } of read(report)) this.set({ node, ...labels }, value);
        }
      },
    });
  }
};

/** By culprit and not by link, which would be the square of the nodes; the reports name the prefixes. */
const addViolations = (registry: Registry, given: MetricsGiven): void => {
  new Gauge({
    name: 'meshover_node_origin_violations',
    help: 'Prefixes that the node announces and may not, as its peers report; the most that one of them refuses.',
    labelNames: ['node'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name } of nodesOf(given.state.register())) this.set({ node: name }, 0);
      const known = new Set<string>(nodesOf(given.state.register()).map(({ name }) => name));
      for (const [culprit, count] of refusedOf(given)) {
        if (known.has(culprit)) this.set({ node: culprit }, count);
      }
    },
  });
};

const refusedOf = (given: MetricsGiven): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const [, { status }] of reportsOf(given)) {
    for (const { peer, refusedPrefixes } of status.links) {
      counts.set(peer, Math.max(counts.get(peer) ?? 0, refusedPrefixes));
    }
  }
  return counts;
};

const addConnected = (registry: Registry, state: HubState): void => {
  new Gauge({
    name: 'meshover_node_connected',
    help: '1 for a node with an open peers stream, 0 for another node of the register.',
    labelNames: ['node'],
    registers: [registry],
    collect() {
      this.reset();
      const connected = state.connected();
      for (const { name } of nodesOf(state.register())) {
        this.set({ node: name }, connected.has(name) ? 1 : 0);
      }
    },
  });
};

const reportsOf = ({ state, now }: MetricsGiven): readonly (readonly [string, Report])[] => {
  const nowMs = now();
  const reports = state.reports();
  return nodesOf(state.register()).flatMap(({ name }) => {
    const report = reports.get(name);
    return report === undefined ? [] : [[name, { ...report, nowMs }] as const];
  });
};
