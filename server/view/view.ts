// What one node may know of the register, whole.
import type { View } from '../../shared/mesh/view.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { nodeOf, nodesOf, tombstonesOf, type Register } from '../register/register.ts';

export const viewFor = (register: Register, name: string): Outcome<View> => {
  const self = nodeOf(register, name);
  if (self === undefined) {
    return refused('unknown-node', `there is no node "${name}"; it must join first`);
  }
  return accepted({
    revision: register.revision,
    self,
    peers: nodesOf(register).filter((node) => node.name !== name),
    tombstones: tombstonesOf(register),
    settings: register.settings,
  });
};
