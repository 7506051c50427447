// Stays: follows the mesh and keeps the host as it should be, until told to stop.
import type { Server } from 'node:http';
import type { Endpoint } from '../../shared/address/endpoint.ts';
import { programVersion } from '../../shared/version.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import { followKernel } from '../host/kernel-events.ts';
import { listenMetrics } from '../host/metrics-listener.ts';
import { dropForgotten } from '../identity/forgotten.ts';
import { Reconciler, type Turn } from '../reconcile/reconciler.ts';
import {
  applySurvey,
  endpointsFor,
  followRoutes,
  survey,
  type FrrSide,
} from '../reconcile/turn.ts';
import { metricsFor } from '../status/metrics.ts';
import { Reporter } from '../status/reporter.ts';
import { noSessions, statusFor } from '../status/status-for.ts';
import { tellViolations } from '../status/tell-violations.ts';
import { Uplink } from '../uplink/uplink.ts';
import { turnGivenFor, uplinkGivenFor, type NodeParts } from './parts.ts';
import { RtrPart } from './rtr-part.ts';

/** Resolves with the exit status once `stopping` has resolved and the agent is at rest. */
export const runAgent = async (parts: NodeParts, stopping: Promise<string>): Promise<number> => {
  const first = await survey(turnGivenFor(parts, parts.identity), undefined);
  const agent = new Agent(parts, endpointsFor(parts.config, first.facts));
  const metrics = await startMetrics(parts, agent);
  if (metrics === 'failed') return 1;
  const unfollow = followKernel({
    commands: parts.host.commands,
    clock: parts.host.clock,
    log: parts.log,
    onLine: (line) => {
      agent.reconciler.takeKernelLine(line);
    },
  });
  if (parts.saved !== undefined) agent.rtr?.take(parts.saved);
  const attending = agent.uplink.run();
  agent.reconciler.start();
  parts.log.info('stopping; the mesh stays as it is configured', { reason: await stopping });
  unfollow();
  agent.reporter.stop();
  agent.uplink.stop();
  metrics?.close();
  await Promise.all([agent.reconciler.stop(), agent.rtr?.stop(), attending]);
  return 0;
};

/** Those that run, and what the turns have shown so far. */
class Agent {
  readonly reconciler: Reconciler;
  readonly uplink: Uplink;
  readonly reporter: Reporter;
  readonly rtr: RtrPart | undefined;
  turns = 0;
  readonly #parts: NodeParts;
  #turn: Turn | undefined;
  #applied: Revision | undefined;

  constructor(parts: NodeParts, endpoints: readonly Endpoint[]) {
    const { host, log } = parts;
    const given = turnGivenFor(parts, parts.identity);
    const apart = { ...given, frr: given.frr && this.#besideRoutes(given.frr) };
    this.#parts = parts;
    this.rtr = rtrPartFor(parts);
    this.reconciler = new Reconciler({
      survey: (view) => survey(given, view),
      apply: (surveyed, plan) => applySurvey(apart, surveyed, plan),
      followRoutes: (view) => followRoutes(given, view),
      clock: host.clock,
      log,
      view: parts.saved,
      onTurn: (turn) => {
        this.#note(turn);
      },
    });
    this.uplink = new Uplink({
      ...uplinkGivenFor(parts),
      resumes: parts.forgotten.length === 0,
      endpoints,
      onView: (view) => {
        this.rtr?.take(view);
        this.reconciler.takeView(view);
        void dropForgotten(host.files, parts.config.stateDir, parts.forgotten);
      },
      onTrouble: () => undefined,
    });
    this.reporter = new Reporter({
      clock: host.clock,
      log,
      status: () => this.#status(),
      send: (status) => this.uplink.report(status),
    });
  }

  /** Its steps take long: gathering goes on beside them. */
  #besideRoutes(frr: FrrSide): FrrSide {
    return { ...frr, apply: (steps) => this.reconciler.whileFrr(() => frr.apply(steps)) };
  }

  #note(turn: Turn): void {
    this.#turn = turn;
    this.turns += 1;
    const whole = turn.held.length === 0 && turn.outcomes.every(({ result }) => result === 'done');
    if (whole && turn.view !== undefined) this.#applied = turn.view.revision;
    this.uplink.announce(endpointsFor(this.#parts.config, turn.facts));
    void this.reporter.tick();
  }

  async #status(): Promise<NodeStatus> {
    const { config, frr, log } = this.#parts;
    const status = statusFor({
      view: this.#turn?.view,
      observed: { wireguard: this.#turn?.observed.wireguard },
      outcomes: this.#turn?.outcomes ?? [],
      held: this.#turn?.held ?? [],
      complaints: this.#turn?.complaints ?? [],
      refused: this.uplink.refused,
      applied: this.#applied,
      sessions: (await frr?.sessions()) ?? noSessions,
      frrBackend: config.disabled.includes('frr') ? '' : config.frr,
      programVersion,
    });
    tellViolations(log, this.reporter.last, status);
    return status;
  }
}

/** Without an FRR of ours nobody would ask. */
const rtrPartFor = ({ config, frr, host, log, random }: NodeParts): RtrPart | undefined =>
  frr === undefined || config.frr === 'none' || config.disabled.includes('rpki')
    ? undefined
    : new RtrPart({ port: config.rtrPort, vty: frr.vty, clock: host.clock, log, random });

const startMetrics = async (
  { config, log, host }: NodeParts,
  agent: Agent,
): Promise<Server | 'failed' | undefined> => {
  if (config.metrics === undefined) return undefined;
  const metrics = metricsFor({
    status: () => agent.reporter.last,
    connected: () => agent.uplink.connected,
    turns: () => agent.turns,
    refused: () => agent.uplink.refused.size,
    nowSeconds: () => Math.floor(host.clock.now() / 1000),
  });
  const listening = await listenMetrics(config.metrics, metrics.text);
  if (listening.ok) return listening.value;
  log.error(listening.reason);
  return 'failed';
};
