// A real Prometheus scrapes the controller and the agents; promtool has nothing to say against their metrics.
import type { Claims } from '../../lab/claims.ts';
import { runInLab } from '../../lab/host.ts';
import type { Mesh } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { controllerAddress, underlayOf } from '../../lab/topology.ts';
import { waitFor } from '../../lab/wait-for.ts';

const base = `http://[${controllerAddress}]:9090`;

const targetsOf = (
  mesh: Mesh,
): { readonly controller: string; readonly agents: readonly string[] } => ({
  controller: `[${controllerAddress}]:9180`,
  agents: mesh.nodes.map((node) => `[${underlayOf(node)}]:9181`),
});

/** JSON is YAML too. */
const configFor = (mesh: Mesh): string => {
  const { controller, agents } = targetsOf(mesh);
  const job = (name: string, targets: readonly string[]): unknown => ({
    job_name: name,
    static_configs: [{ targets }],
  });
  return JSON.stringify({
    global: { scrape_interval: '2s' },
    scrape_configs: [job('controller', [controller]), job('agent', agents)],
  });
};

interface QueryAnswer {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

const query = async (expression: string): Promise<number | undefined> => {
  const url = `${base}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const answer = (await (await fetch(url)).json()) as QueryAnswer;
  const value = answer.data.result[0]?.value[1];
  return value === undefined ? undefined : Number(value);
};

const scraped = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  const { controller } = mesh;
  await controller.must(['tee', '/run/prometheus.json'], { stdin: configFor(mesh) });
  const prometheus = controller.start('prometheus', [
    'prometheus',
    '--config.file=/run/prometheus.json',
    '--storage.tsdb.path=/run/prometheus',
    `--web.listen-address=[${controllerAddress}]:9090`,
  ]);
  const nodes = mesh.nodes.length;
  const sessionEnds = nodes * (nodes - 1);
  const wanted: readonly (readonly [string, string, number])[] = [
    ['targets that are up', 'sum(up)', nodes + 1],
    ['nodes', 'meshover_nodes', nodes],
    ['nodes of the Node Graph', 'count(graph_meshover_nodes_nodes)', nodes],
    ['edges of the Node Graph', 'count(graph_meshover_nodes_bgp_edges)', sessionEnds / 2],
    ['sessions that the agents report up', 'sum(meshover_agent_bgp_up)', sessionEnds],
  ];
  try {
    for (const [what, expression, value] of wanted) {
      let last: number | undefined;
      const found = await waitFor({ what, deadlineMs: 120_000, everyMs: 1000 }, async () => {
        last = await query(expression);
        return last === value ? true : `${expression} = ${String(last)}, wanted ${value}`;
      });
      claim(`Prometheus knows ${what}`, value, found);
    }
  } finally {
    await prometheus.stop();
  }
};

const checked = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const { controller, agents } = targetsOf(mesh);
  for (const target of [controller, agents[0]!]) {
    const text = await (await fetch(`http://${target}/metrics`)).text();
    const { status, stdout, stderr } = await runInLab(['promtool', 'check', 'metrics'], {
      stdin: text,
    });
    const words = (stdout + stderr).trim().replaceAll('\n', ', ');
    claim(
      `promtool finds nothing wrong with ${target}`,
      words || 'clean',
      status === 0 && words === '',
    );
  }
};

export const scenario: Scenario = {
  title: 'a real Prometheus',
  topology: fourNodes,
  stories: [
    { name: 'it scrapes', tell: scraped },
    { name: 'promtool', tell: checked },
  ],
};
