// A node is removed by the operator, is forgotten by all, and comes back with the same addresses and ASN.
import {
  addressesOf,
  allAddresses,
  allPings,
  allReached,
  describePings,
  failedPings,
} from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import { type Mesh, sessionsUp } from '../../lab/mesh.ts';
import { approve } from '../../lab/operator.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { waitFor } from '../../lab/wait-for.ts';

const leaver = 'charlie';

interface ListedNode {
  readonly node: { readonly name: string; readonly asn: number };
}

const asnOf = async (mesh: Mesh, name: string): Promise<number | undefined> => {
  const ran = await mesh.callController(['nodes', '-o', 'json']);
  if (ran.status !== 0) throw new Error(`meshoverctl nodes: ${ran.stderr}`);
  const { nodes } = JSON.parse(ran.stdout) as { readonly nodes: readonly ListedNode[] };
  return nodes.find(({ node }) => node.name === name)?.node.asn;
};

const leavesAndReturns = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  await allReached(mesh);
  const before = { ...(await addressesOf(mesh, leaver)), asn: await asnOf(mesh, leaver) };
  const others = mesh.nodes.map(({ name }) => name).filter((name) => name !== leaver);

  await mesh.stopAgent(leaver);
  const start = performance.now();
  const removed = await mesh.callController(['remove', leaver]);
  claim('meshoverctl remove exits 0', removed.status, removed.status === 0);
  for (const name of others)
    await waitFor(
      { what: `${name} to forget ${leaver}`, everyMs: 1000, deadlineMs: 180_000 },
      async () => {
        const { stdout } = await mesh.host(name).run(['wg', 'show', 'all', 'peers']);
        const peers = stdout.trim().split('\n').length;
        return peers === others.length - 1 ? true : `${peers} WireGuard peers`;
      },
    );
  claim(
    'the removed node is gone from every peer',
    `${((performance.now() - start) / 1000).toFixed(1)} s`,
    true,
  );
  const still = await failedPings(
    mesh,
    allPings((await allAddresses(mesh)).filter(({ name }) => name !== leaver)),
  );
  claim('the others still reach each other', describePings(still) || 'all', still.length === 0);

  const cleaned = await mesh.callAgent(leaver, ['-clean']);
  claim('-clean on the removed node exits 0', cleaned.status, cleaned.status === 0);
  mesh.startAgent(leaver);
  // A removed node waits for an operator's word, also where the controller is open.
  await approve(mesh, leaver);
  await sessionsUp(
    mesh,
    mesh.nodes.map(({ name }) => name),
  );
  const after = { ...(await addressesOf(mesh, leaver)), asn: await asnOf(mesh, leaver) };
  claim(
    'it returns with the same addresses and ASN',
    `${after.v4} ${after.v6} ${String(after.asn)}`,
    after.asn !== undefined && JSON.stringify(before) === JSON.stringify(after),
  );
};

export const scenario: Scenario = {
  title: 'a node leaves and returns',
  topology: fourNodes,
  stories: [{ name: 'removed, forgotten, back as it was', tell: leavesAndReturns }],
};
