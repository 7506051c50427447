// What the uplink is given to work with.
import type { Endpoint } from '../../shared/address/endpoint.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { View } from '../../shared/mesh/view.ts';
import type { AgentConfig } from '../config.ts';
import type { Files } from '../host/ports.ts';
import type { Identity } from '../identity/keys.ts';

export interface UplinkGiven {
  readonly config: Pick<
    AgentConfig,
    'controlServers' | 'hostname' | 'stateDir' | 'gathering' | 'advertise' | 'linkDriver'
  >;
  readonly identity: Identity;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** The view of an earlier run. */
  readonly saved: View | undefined;
  readonly endpoints: readonly Endpoint[];
  /** False: ask for everything anew, and so hear from the controller in any case. */
  readonly resumes: boolean;
  readonly onView: (view: View) => void;
  /** An attendance ended; another one follows. */
  readonly onTrouble: (trouble: Trouble) => void;
}

/** Why an attendance ended; "refused" waits long for an operator. */
export interface Trouble {
  readonly kind: 'unreachable' | 'refused';
  readonly reason: string;
}
