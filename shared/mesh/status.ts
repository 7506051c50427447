// What a node reports of its own state.
import type { Hostname } from '../address/hostname.ts';
import type { Prefix } from '../address/prefix.ts';
import type { Revision } from './revision.ts';

export interface LinkStatus {
  readonly peer: Hostname;
  readonly interface: string;
  /** Unix seconds of the last WireGuard handshake; 0 = never. */
  readonly lastHandshakeSeconds: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** BGP's finite state machine in FRR's words ("Established"); empty = no session known. */
  readonly bgpState: string;
  readonly bgpUptimeSeconds: number;
  /** "up", "down", "init"; empty = no BFD session. */
  readonly bfdState: string;
  /** Prefixes accepted from the peer, both families. */
  readonly prefixes: number;
  /** Prefixes that the peer announces and that are refused. */
  readonly refusedPrefixes: number;
  /** Some of them, sorted by prefix. */
  readonly violations: readonly OriginViolation[];
}

/** The most violations of a link that are named; more are only counted. */
export const mostViolations = 10;

export interface OriginViolation {
  readonly prefix: Prefix;
  /** AS path as it came. */
  readonly path: string;
}

export interface NodeStatus {
  readonly desired: Revision | undefined;
  readonly applied: Revision | undefined;
  readonly failedSteps: number;
  readonly failure: string;
  readonly frrBackend: string;
  readonly frrVersion: string;
  readonly programVersion: string;
  readonly links: readonly LinkStatus[];
}
