// Removes a node for good: its place is free, and a tombstone tells its peers.
import type { Hostname } from '../../shared/address/hostname.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Act } from './act.ts';
import { buryNode, type Changed } from './change.ts';
import { nodeOf, type Register } from './register.ts';

export interface Removal {
  readonly name: Hostname;
  /** For people. */
  readonly reason: string;
}

export const removeNode = (
  register: Register,
  { name, reason }: Removal,
  act: Act,
): Outcome<Changed> => {
  const node = nodeOf(register, name);
  return node === undefined
    ? refused('unknown-node', `there is no node "${name}"; meshoverctl nodes lists all names`)
    : accepted(buryNode(register, node, { reason, act }));
};
