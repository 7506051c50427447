// The agent's complete, frozen configuration.
import type { Endpoint } from '../shared/address/endpoint.ts';
import type { Hostname } from '../shared/address/hostname.ts';
import type { Ip } from '../shared/address/ip.ts';
import type { OperatorKey } from '../shared/address/key.ts';
import type { Prefix } from '../shared/address/prefix.ts';
import type { LogLevel } from '../shared/log/log.ts';
import type { Secret } from '../shared/log/secret.ts';
import type { Gathering, LinkDriver } from '../shared/mesh/peer.ts';

/** Parts of the agent that can be switched off with -disable. */
export const components = [
  'firewall',
  'frr',
  'gathering',
  'links',
  'rpki',
  'sysctl',
  'wireguard',
] as const;
export type Component = (typeof components)[number];

export interface AgentConfig {
  /**
   * What this start is for: stay and follow, converge once, print the plan, remove all of ours, forget whom this
   * node trusts, take a new identity key.
   */
  readonly mode: 'run' | 'once' | 'plan' | 'clean' | 'repin' | 'newidentity';
  /** `HOST:PORT` of controllers, tried in order. */
  readonly controlServers: readonly string[];
  readonly hostname: Hostname;
  readonly stateDir: string;
  /** Join token. */
  readonly token: Secret | undefined;
  /** File with the join token. */
  readonly tokenFile: string | undefined;
  /** Operator keys given by hand, believed whatever the controller names. */
  readonly operatorKeys: readonly OperatorKey[];
  /** With mode "repin": the peer to forget; undefined = the controller. */
  readonly repin: Hostname | undefined;
  /** Interface name or address of the underlay; undefined = chosen by the agent. */
  readonly underlay: string | undefined;
  /** Announced endpoints; empty = the underlay address and `port`. */
  readonly endpoints: readonly Endpoint[];
  /** WireGuard's UDP port. */
  readonly port: number;
  readonly gathering: readonly Gathering[];
  readonly advertise: readonly Prefix[];
  /** BGP neighbours outside the mesh, which the firewall lets in. */
  readonly bgpNeighbours: readonly Ip[];
  readonly frr: 'docker' | 'none';
  readonly frrImage: string;
  /** Directory of the FRR templates (conf/). */
  readonly frrConf: string;
  /** Where FRR finds the agent's RTR cache, on loopback. */
  readonly rtrPort: number;
  readonly linkDriver: LinkDriver;
  readonly wireguard: 'auto' | 'kernel' | 'userspace';
  readonly disabled: readonly Component[];
  /** Listening address of the agent's own metrics; undefined = none. */
  readonly metrics: string | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: 'text' | 'json';
  /** Docker's API socket. */
  readonly dockerSocket: string;
  /** BFD (RFC 5880): transmit and receive interval, and detection multiplier. */
  readonly bfd: { readonly intervalMs: number; readonly multiplier: number };
}
