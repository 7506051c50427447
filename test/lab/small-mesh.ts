// The story that every variant of the mesh must be able to tell: sessions, pings, nothing left to do.
import { allAddresses, allPings, describePings, failedPings } from './addresses.ts';
import type { Claims } from './claims.ts';
import type { Mesh } from './mesh.ts';
import { waitFor } from './wait-for.ts';

export const formsAndReaches = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const seconds = await mesh.whole();
  claim('BGP sessions Established between all nodes', `${seconds.toFixed(1)} s`, true);
  const pings = allPings(await allAddresses(mesh));
  await waitFor({ what: 'pings between all node addresses', deadlineMs: 60_000 }, async () => {
    const failed = await failedPings(mesh, pings);
    return failed.length === 0 ? true : describePings(failed);
  });
  claim('pings between all node addresses, v4 and v6', pings.length, pings.length > 0);
};

export const hasNothingToDo = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  for (const { name } of mesh.nodes) {
    const ran = await mesh.callAgent(name, ['-plan']);
    const plan = ran.stdout.trim().split('\n').slice(1).join(' | ');
    claim(`-plan on ${name}`, plan, ran.status === 0 && plan === 'nothing to do');
  }
};
