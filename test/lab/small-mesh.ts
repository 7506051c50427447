// The story that every variant of the mesh must be able to tell: sessions, pings, nothing left to do.
import { allPings, allReached } from './addresses.ts';
import type { Claims } from './claims.ts';
import type { Mesh } from './mesh.ts';

export const formsAndReaches = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const seconds = await mesh.whole();
  claim('BGP sessions Established between all nodes', `${seconds.toFixed(1)} s`, true);
  const pings = allPings(await allReached(mesh));
  claim('pings between all node addresses, v4 and v6', pings.length, pings.length > 0);
};

export const hasNothingToDo = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  for (const { name } of mesh.nodes) {
    const ran = await mesh.callAgent(name, ['-plan']);
    const plan = ran.stdout.trim().split('\n').slice(1).join(' | ');
    claim(`-plan on ${name}`, plan, ran.status === 0 && plan === 'nothing to do');
  }
};
