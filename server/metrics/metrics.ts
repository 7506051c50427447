// The controller's metrics: what it counts itself, and what nodes reported, read when they are scraped.
import { Counter, Gauge, Registry } from 'prom-client';
import type { RefusalCode } from '../../shared/outcome/refusal.ts';
import type { HubState } from '../hub/state.ts';
import { nodeOf } from '../register/register.ts';
import { addGraph } from './graph.ts';
import { addNodeGauges, type MetricsGiven } from './node-gauges.ts';

export interface Metrics {
  readonly contentType: string;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  joined(): void;
  refused(code: RefusalCode): void;
}

export const createMetrics = (given: MetricsGiven): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  addRegisterGauges(registry, given.state);
  addNodeGauges(registry, given);
  addGraph(registry, given.state);
  const joins = new Counter({
    name: 'meshover_joins_total',
    help: 'Join requests that were granted since the controller started.',
    registers,
  });
  const refusals = new Counter({
    name: 'meshover_refusals_total',
    help: 'Requests that were refused since the controller started, by refusal code.',
    labelNames: ['code'],
    registers,
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    joined: () => {
      joins.inc();
    },
    refused: (code) => {
      refusals.inc({ code });
    },
  };
};

const addRegisterGauges = (registry: Registry, state: HubState): void => {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  gauge('meshover_nodes', 'Nodes in the register.', () => state.register().nodes.size);
  gauge(
    'meshover_nodes_connected',
    'Nodes with an open peers stream.',
    () => [...state.connected()].filter((name) => nodeOf(state.register(), name)).length,
  );
  gauge('meshover_register_revision', 'Number of the register revision, within its epoch.', () =>
    Number(state.register().revision.number),
  );
  gauge('meshover_register_epoch', 'Epoch of the register.', () =>
    Number(state.register().revision.epoch),
  );
};
