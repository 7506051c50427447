// The suite that the fake kernel passes, told to the real one: links, addresses, WireGuard, rules, routes, sysctls.
import { join } from 'node:path';
import type { Claims } from '../../lab/claims.ts';
import { runInLab } from '../../lab/host.ts';
import { projectRoot } from '../../lab/kernel.ts';
import type { Mesh } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';

const suite = join(projectRoot, 'test', 'contract', 'kernel-real.ts');

const passesSuite = async (_mesh: Mesh, { claim }: Claims): Promise<void> => {
  const ran = await runInLab([process.execPath, suite], { timeoutMs: 400_000 });
  process.stdout.write(ran.stdout);
  const counts = /(\d+) passed, (\d+) failed/.exec(ran.stdout);
  claim(
    'the stories of the fake kernel hold on the real one',
    counts?.[0] ?? (ran.stderr.trim().slice(-300) || `status ${ran.status}`),
    ran.status === 0 && Number(counts?.[1]) > 0,
  );
};

export const scenario: Scenario = {
  title: 'the contract of the kernel',
  topology: { name: 'no-nodes', nodes: [] },
  stories: [{ name: 'the contract suite', tell: passesSuite }],
};
