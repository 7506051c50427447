// Removes a node for good: its place is free, a tombstone tells its peers, its key needs a new admission.
import type { Hostname } from '../../shared/address/hostname.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Act } from './act.ts';
import { describedNode, withEvent } from './audit.ts';
import { buryNode, withBar, type Changed } from './change.ts';
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
  if (node === undefined) {
    return refused('unknown-node', `there is no node "${name}"; meshoverctl nodes lists all names`);
  }
  const { identityKey } = node;
  const buried = buryNode(register, node, { reason, act });
  const barred = withBar(buried, identityKey, { identityKey, name, atMs: act.atMs });
  const old = describedNode(node);
  return accepted(
    withEvent(barred, act, { what: 'node-removed', subject: name, old, new: { reason } }),
  );
};
