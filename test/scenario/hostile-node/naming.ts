// Who announces what it may not is named: by each peer's metrics and log, and by the controller with its prefixes.
import type { Claims } from '../../lab/claims.ts';
import { labelled, type Mesh } from '../../lab/mesh.ts';
import { operate } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { honest, hostile } from './hostile.ts';
import { liesAbout } from './lies.ts';
import { stageOf } from './stage.ts';

const deadlineMs = 60_000;

const refusedBy = (mesh: Mesh, peer: string, least: number): Promise<number> =>
  waitFor({ what: `${peer} to count the lies`, deadlineMs, everyMs: 1000 }, async () => {
    const samples = await mesh.agentMetrics(peer);
    const count = labelled(samples, 'meshover_link_origin_violations', { peer: hostile }) ?? 0;
    return count >= least ? count : `${count}`;
  });

interface Listed {
  readonly nodes: readonly {
    readonly node: { readonly name: string };
    readonly status?: {
      readonly links?: readonly {
        readonly peer: string;
        readonly violations?: readonly { readonly prefix: string; readonly path: string }[];
      }[];
    };
  }[];
}

/** The prefixes that nodes of the mesh report of a peer: reporter, prefix, AS path. */
const reported = async (mesh: Mesh, peer: string): Promise<readonly string[]> => {
  const { nodes } = JSON.parse(await operate(mesh, ['nodes', '-o', 'json'])) as Listed;
  return nodes.flatMap(({ node, status }) =>
    (status?.links ?? [])
      .filter((link) => link.peer === peer)
      .flatMap(({ violations = [] }) =>
        violations.map(({ prefix, path }) => `${node.name}: ${prefix} by ${path}`),
      ),
  );
};

export const isNamed = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const { own, node } = stageOf(mesh);
  const lies = liesAbout(node('alpha'), node('bravo'), node('charlie'));
  for (const peer of honest) {
    const count = await refusedBy(mesh, peer, 2 * lies.length);
    claim(`${peer}'s metrics count prefixes of ${hostile} that it refuses`, count, true);
    const others = honest.filter((each) => each !== peer);
    const samples = await mesh.agentMetrics(peer);
    const blamed = others.filter(
      (each) => labelled(samples, 'meshover_link_origin_violations', { peer: each }) !== 0,
    );
    claim(`${peer} blames honest nodes`, blamed.join(' ') || 'none', blamed.length === 0);
  }
  const counted = await waitFor({ what: 'the controller to hear of it', deadlineMs }, async () => {
    const samples = await mesh.controllerMetrics();
    return labelled(samples, 'meshover_node_origin_violations', { node: hostile });
  });
  claim(`the controller's metrics count for ${hostile}`, counted, counted >= 2 * lies.length);
  const named = await waitFor({ what: 'the prefixes at the controller', deadlineMs }, async () => {
    const lines = await reported(mesh, hostile);
    return lines.length > 0 ? lines : undefined;
  });
  const byPath = named.filter((line) => line.includes(` by ${own.asn}`));
  claim(`meshoverctl names its prefixes`, named[0] ?? '', byPath.length === named.length);
};
