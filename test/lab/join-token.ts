// Joins a node as README says: a token made by the operator, with what the node may announce and gather.
import type { Mesh } from './mesh.ts';
import { operate } from './operator.ts';
import type { NodePlan } from './topology.ts';

/** Flags of `meshoverctl token create` that authorise what the node asks for. */
export const grantsFor = ({ lan, flags = [] }: NodePlan): readonly string[] => {
  const ranges = flags[flags.indexOf('-gathering') + 1] ?? '';
  return [
    ...(lan === undefined ? [] : ['-advertise', `${lan.v4.prefix},${lan.v6.prefix}`]),
    ...(flags.includes('-gathering') ? ['-gathering', ranges.replaceAll(/@\d+/g, '')] : []),
  ];
};

export const joinByToken = async (mesh: Mesh, node: NodePlan): Promise<void> => {
  const token = await operate(mesh, ['token', 'create', ...grantsFor(node)]);
  mesh.startAgent(node.name, ['-token', token.trim()]);
};
