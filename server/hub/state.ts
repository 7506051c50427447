// What the hub lets others look at.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import type { Register } from '../register/register.ts';

/** A node's last word about itself. */
export interface NodeReport {
  readonly status: NodeStatus;
  readonly atMs: number;
}

export interface HubState {
  /** The newest that is durable. */
  register(): Register;
  /** Of all nodes that reported since the controller started. */
  reports(): ReadonlyMap<Hostname, NodeReport>;
  /** Names of nodes with an open peers stream. */
  connected(): ReadonlySet<Hostname>;
}
