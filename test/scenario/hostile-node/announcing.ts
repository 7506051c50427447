// The hostile node announces what is another's or nobody's: its peers take only its own addresses.
import type { Claims } from '../../lab/claims.ts';
import { labelled, type Mesh } from '../../lab/mesh.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { heardBeyond, honest, hostile, sentTo, tell } from './hostile.ts';
import { fenceConfiguration, type Lie, liesAbout, lyingConfiguration } from './lies.ts';
import { stageOf } from './stage.ts';

/** Until every lie is on its way to every peer. */
const liesAreSent = async (mesh: Mesh, lies: readonly Lie[]): Promise<void> => {
  const prefixes = lies.flatMap(({ v4, v6 }) => [v4, v6]);
  for (const peer of honest)
    await waitFor({ what: `${hostile} to lie to ${peer}`, deadlineMs: 60_000 }, async () => {
      const sent = new Set(await sentTo(mesh, peer));
      const missing = prefixes.filter((prefix) => !sent.has(prefix));
      return missing.length === 0 ? true : `not sent: ${missing.join(' ')}`;
    });
};

export const announces = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const { own, node, peace } = stageOf(mesh);
  const lies = liesAbout(node('alpha'), node('bravo'), node('charlie'));
  await tell(mesh, lyingConfiguration(own.asn, lies));
  await liesAreSent(mesh, lies);
  for (const { what, v4, v6 } of lies)
    claims.claim(`${hostile} announces to all: ${what}`, `${v4} ${v6}`, true);
  await tell(mesh, fenceConfiguration(77));
  const truth = [`${own.v4}/32`, `${own.v6}/128`].sort().join(' ');
  for (const peer of honest) {
    const took = (await heardBeyond(mesh, peer, 77)).join(' ');
    claims.claim(`${peer} takes from ${hostile}`, took, took === truth);
    const samples = await mesh.agentMetrics(peer);
    const counted = labelled(samples, 'meshover_agent_prefixes', { peer: hostile });
    claims.claim(`${peer} counts prefixes of ${hostile}`, counted ?? 'none', counted === 2);
  }
  await peace.holds(claims, 'lies');
};
