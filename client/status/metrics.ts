// The agent's own Prometheus series, from the last status.
import { Gauge, Registry } from 'prom-client';
import type { LinkStatus, NodeStatus } from '../../shared/mesh/status.ts';

export interface MetricsGiven {
  readonly status: () => NodeStatus | undefined;
  readonly connected: () => boolean;
  readonly turns: () => number;
  /** How many peers are told otherwise than they have signed. */
  readonly refused: () => number;
  readonly nowSeconds: () => number;
}

/** The text of /metrics. */
export const metricsFor = (given: MetricsGiven): { readonly text: () => Promise<string> } => {
  const registry = new Registry();
  const gauge = gaugesIn(registry);
  const connected = gauge('controller_connected', 'A peers stream to a controller is open.');
  const turns = gauge('turns', 'Turns (observe, plan, apply) since the agent started.');
  const refused = gauge(
    'peers_refused',
    'Peers of which the controller says what is not believed.',
  );
  const failed = gauge('failed_steps', 'Steps that are wanted but failed in the last turn.');
  const revision = gauge('revision', 'Revision number of the view.', ['state']);
  const showLinks = linkGauges(registry);
  return {
    text: () => {
      connected.set(given.connected() ? 1 : 0);
      turns.set(given.turns());
      refused.set(given.refused());
      const status = given.status();
      if (status !== undefined) {
        failed.set(status.failedSteps);
        if (status.desired) revision.set({ state: 'desired' }, Number(status.desired.number));
        if (status.applied) revision.set({ state: 'applied' }, Number(status.applied.number));
        showLinks(status.links, given.nowSeconds());
      }
      return registry.metrics();
    },
  };
};

const linkGauges = (
  registry: Registry,
): ((links: readonly LinkStatus[], nowSeconds: number) => void) => {
  const gauge = gaugesIn(registry);
  const age = gauge('handshake_age_seconds', 'Age of the last handshake with a peer.', ['peer']);
  const bgp = gauge('bgp_up', 'The BGP session with a peer is Established.', ['peer']);
  const bfd = gauge('bfd_up', 'The BFD session with a peer is up.', ['peer']);
  const prefixes = gauge('prefixes', 'Prefixes accepted from a peer.', ['peer']);
  const refused = new Gauge({
    name: 'meshover_link_origin_violations',
    help: 'Prefixes that a peer announces and may not; they are refused.',
    labelNames: ['peer'],
    registers: [registry],
  });
  return (links, nowSeconds) => {
    for (const each of [age, bgp, bfd, prefixes, refused]) each.reset();
    for (const { peer, ...link } of links) {
      const { lastHandshakeSeconds } = link;
      if (lastHandshakeSeconds > 0)
        age.set({ peer }, Math.max(0, nowSeconds - lastHandshakeSeconds));
      bgp.set({ peer }, link.bgpState === 'Established' ? 1 : 0);
      bfd.set({ peer }, link.bfdState === 'up' ? 1 : 0);
      prefixes.set({ peer }, link.prefixes);
      refused.set({ peer }, link.refusedPrefixes);
    }
  };
};

const gaugesIn =
  (registry: Registry) =>
  <L extends string = string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
  ): Gauge<L> =>
    new Gauge({ name: `meshover_agent_${name}`, help, labelNames, registers: [registry] });
