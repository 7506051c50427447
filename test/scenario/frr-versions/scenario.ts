// FRR 8.4.4 and 10.3 (both from Debian's packages) in one mesh: the templates fit the version that runs.
import type { Claims } from '../../lab/claims.ts';
import type { Mesh } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { formsAndReaches, hasNothingToDo } from '../../lab/small-mesh.ts';
import { vtysh } from '../../lab/vtysh.ts';

const versions = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  for (const { name, frrImage = '10.3' } of mesh.nodes) {
    const said = /FRRouting (\S+)/.exec(await vtysh(mesh, name, 'show version'))?.[1] ?? 'none';
    claim(`FRR of ${name}`, said, said.startsWith(frrImage));
    const bfd = await vtysh(mesh, name, 'show bfd peers brief');
    const up = bfd.split('\n').filter((line) => / up\s*$/.test(line)).length;
    claim(`BFD sessions up on ${name}`, up, up === mesh.nodes.length - 1);
  }
};

export const scenario: Scenario = {
  title: 'FRR 8.4.4 and 10.3',
  topology: {
    name: 'frr-versions',
    nodes: [
      { name: 'old', number: 1, frrImage: '8.4.4' },
      { name: 'older', number: 2, frrImage: '8.4.4' },
      { name: 'new', number: 3 },
    ],
  },
  stories: [
    { name: 'the mesh forms', tell: formsAndReaches },
    { name: 'versions and BFD', tell: versions },
    { name: 'a second run has nothing to do', tell: hasNothingToDo },
  ],
};
