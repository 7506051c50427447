// A joined machine turns hostile and announces what is not its own: nobody believes it, and nobody else suffers.
import { allReached } from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import { joinByToken } from '../../lab/join-token.ts';
import { type Mesh, sessionsUp } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { announces } from './announcing.ts';
import { floods, repents, speaksAsBravo } from './attacking.ts';
import { aloneAuthorises, authorises } from './authorising.ts';
import { hostile } from './hostile.ts';
import { isNamed } from './naming.ts';
import { watchPeace } from './peace.ts';
import { setStage, victimsOf } from './stage.ts';
import { hostileNodes, wanted } from './topology.ts';

const turns = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.startController();
  for (const node of mesh.nodes) await joinByToken(mesh, node);
  const names = mesh.nodes.map(({ name }) => name);
  const seconds = await sessionsUp(mesh, names);
  await allReached(mesh);
  claim('four nodes joined by token', `${seconds.toFixed(1)} s`, true);
  const node = await victimsOf(mesh);
  const own = node(hostile);
  await mesh.stopAgent(hostile);
  const allowed = new Set<string>([own.v4, own.v6, ...wanted.delta, ...wanted.charlie]);
  setStage(mesh, node, await watchPeace({ mesh, allowed, node }));
  claim(
    `the agent of ${hostile} is stopped: its FRR is an attacker's`,
    `AS${own.asn}`,
    own.asn > 0,
  );
};

export const scenario: Scenario = {
  title: 'a joined node turns hostile',
  minutes: 15,
  topology: hostileNodes,
  stories: [
    { name: 'it turns', tell: turns },
    { name: 'it announces what is not its own', tell: announces },
    { name: 'it is named', tell: isNamed },
    { name: "an operator's word about its prefix", tell: authorises },
    { name: "it opens a session in another's name", tell: speaksAsBravo },
    { name: 'it floods', tell: floods },
    { name: 'its peers without the controller', tell: aloneAuthorises },
    { name: 'it repents', tell: repents },
  ],
};
