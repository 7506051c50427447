// What every way of starting the agent is built from.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Log } from '../../shared/log/log.ts';
import type { View } from '../../shared/mesh/view.ts';
import type { AgentConfig } from '../config.ts';
import type { KernelHost, Vty } from '../host/ports.ts';
import type { Identity } from '../identity/keys.ts';
import type { Pins } from '../identity/pins.ts';
import type { TurnGiven } from '../reconcile/turn.ts';
import type { Sessions } from '../status/status-for.ts';

/** FRR's part of the agent: of a turn, and of the reports. */
export interface FrrPart {
  readonly side: NonNullable<TurnGiven['frr']>;
  sessions(): Promise<Sessions>;
  readonly vty: Vty;
}

export interface AgentParts {
  readonly config: AgentConfig;
  readonly log: Log;
  readonly host: KernelHost;
  /** Undefined where FRR is switched off. */
  readonly frr: FrrPart | undefined;
  readonly random: () => number;
  /** Milliseconds from anywhere, which no setting of the clock moves. */
  readonly monotonicMs: () => number;
  /** For people, on standard output. */
  readonly print: (text: string) => void;
}

/** With the node's own keys and what it knew. */
export interface NodeParts extends AgentParts {
  readonly identity: Identity;
  readonly saved: View | undefined;
  /** What it remembers of its peers. */
  readonly pins: Pins;
  /** Peers that an operator told it to forget: all is asked for anew, once. */
  readonly forgotten: readonly Hostname[];
}

export const turnGivenFor = (parts: AgentParts, identity: Identity): TurnGiven => ({
  host: parts.host,
  config: parts.config,
  identity,
  frr: parts.frr?.side,
});

export const uplinkGivenFor = (
  parts: NodeParts,
): Pick<NodeParts, 'config' | 'identity' | 'log' | 'random' | 'monotonicMs' | 'saved' | 'pins'> &
  Pick<KernelHost, 'files' | 'clock'> => ({
  config: parts.config,
  identity: parts.identity,
  log: parts.log,
  random: parts.random,
  monotonicMs: parts.monotonicMs,
  saved: parts.saved,
  pins: parts.pins,
  files: parts.host.files,
  clock: parts.host.clock,
});
