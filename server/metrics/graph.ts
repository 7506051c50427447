// Grafana's Node Graph: a gauge of nodes and one of edges, an edge for each established BGP session.
import { Gauge, type Registry } from 'prom-client';
import type { HubState } from '../hub/state.ts';
import { nodeOf, nodesOf } from '../register/register.ts';

/** Names and labels as the panel wants them: id, title; id, source, target. */
export const addGraph = (registry: Registry, state: HubState): void => {
  new Gauge({
    name: 'graph_meshover_nodes_nodes',
    help: "Nodes of the mesh for Grafana's Node Graph; mainstat is the number of established sessions.",
    labelNames: ['id', 'title', 'subtitle', 'mainstat', 'secondarystat'],
    registers: [registry],
    collect() {
      this.reset();
      for (const node of nodesOf(state.register())) {
        this.set(
          {
            id: node.name,
            title: node.name,
            subtitle: node.nodeAddress6,
            mainstat: String(establishedPeers(state, node.name).length),
            secondarystat: `AS${String(node.asn)}`,
          },
          1,
        );
      }
    },
  });
  new Gauge({
    name: 'graph_meshover_nodes_bgp_edges',
    help: "Established BGP sessions for Grafana's Node Graph; mainstat is the state.",
    labelNames: ['id', 'source', 'target', 'mainstat'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [source, target] of edgesOf(state)) {
        this.set({ id: `${source}--${target}`, source, target, mainstat: 'Established' }, 1);
      }
    },
  });
};

/** Both ends report a session: it is one edge, from the lesser name to the greater. */
const edgesOf = (state: HubState): readonly (readonly [string, string])[] => {
  const edges = new Map<string, readonly [string, string]>();
  for (const { name } of nodesOf(state.register())) {
    for (const peer of establishedPeers(state, name)) {
      const edge = name < peer ? ([name, peer] as const) : ([peer, name] as const);
      edges.set(edge.join(' '), edge);
    }
  }
  return [...edges.values()];
};

/** Only with nodes of the register: the panel fails on an edge to a node that is not there. */
const establishedPeers = (state: HubState, name: string): readonly string[] => {
  const node = nodeOf(state.register(), name);
  const links = (node && state.reports().get(node.name)?.status.links) ?? [];
  return links
    .filter(({ peer, bgpState }) => bgpState === 'Established' && nodeOf(state.register(), peer))
    .map(({ peer }) => peer);
};
