// What the uplink is given to work with.
import type { Endpoint } from '../../shared/address/endpoint.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { View } from '../../shared/mesh/view.ts';
import type { AgentConfig } from '../config.ts';
import type { Files } from '../host/ports.ts';
import type { Identity } from '../identity/keys.ts';
import type { Pins } from '../identity/pins.ts';

export interface UplinkGiven {
  readonly config: Pick<
    AgentConfig,
    | 'controlServers'
    | 'hostname'
    | 'stateDir'
    | 'gathering'
    | 'advertise'
    | 'linkDriver'
    | 'token'
    | 'operatorKeys'
  >;
  readonly identity: Identity;
  readonly files: Files;
  readonly clock: Clock;
  /** Milliseconds from anywhere, which no setting of the clock moves. */
  readonly monotonicMs: () => number;
  readonly log: Log;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** The view of an earlier run. */
  readonly saved: View | undefined;
  /** What is remembered of the peers. */
  readonly pins: Pins;
  readonly endpoints: readonly Endpoint[];
  /** False: ask for everything anew, and so hear from the controller in any case. */
  readonly resumes: boolean;
  readonly onView: (view: View) => void;
  /** An attendance ended and another one follows; or the node waits for its approval. */
  readonly onTrouble: (trouble: Trouble) => void;
}

/** Why an attendance ended. */
export interface Ending {
  /** "refused" waits for an operator; "turned-away" was an operator's wish, and waits longer. */
  readonly kind: 'unreachable' | 'refused' | 'turned-away';
  readonly reason: string;
}

export type Trouble = Ending | { readonly kind: 'pending'; readonly reason: string };
