// Links of three kinds in one mesh: a pair uses the later driver of its two ends.
import type { Claims } from '../../lab/claims.ts';
import type { Mesh } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { formsAndReaches, hasNothingToDo } from '../../lab/small-mesh.ts';

interface IpLink {
  readonly ifname: string;
  readonly linkinfo?: { readonly info_kind?: string };
}

const kinds = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const expected = {
    sixa: ['gre', 'ip6gre', 'vxlan'],
    sixb: ['gre', 'ip6gre', 'vxlan'],
    four: ['gre', 'gre', 'vxlan'],
    lan: ['vxlan', 'vxlan', 'vxlan'],
  };
  for (const [name, wanted] of Object.entries(expected)) {
    const shown = await mesh.host(name).must(['ip', '-j', '-d', 'link', 'show', 'group', '0x6d6f']);
    const links = (JSON.parse(shown) as readonly IpLink[]).flatMap(
      ({ linkinfo }) => linkinfo?.info_kind ?? [],
    );
    const found = links.filter((kind) => /gre|vxlan/.test(kind)).sort();
    claim(`kinds of the links of ${name}`, found.join(' '), found.join() === wanted.join());
  }
};

export const scenario: Scenario = {
  title: 'ip6gre, gre and vxlan links',
  topology: {
    name: 'links',
    nodes: [
      { name: 'sixa', number: 1 },
      { name: 'sixb', number: 2 },
      { name: 'four', number: 3, flags: ['-link', 'gre'] },
      { name: 'lan', number: 4, flags: ['-link', 'vxlan'] },
    ],
  },
  stories: [
    { name: 'the mesh forms over mixed links', tell: formsAndReaches },
    { name: 'each pair has its kind', tell: kinds },
    { name: 'a second run has nothing to do', tell: hasNothingToDo },
  ],
};
