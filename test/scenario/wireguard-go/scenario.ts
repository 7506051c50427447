// WireGuard in the kernel on one node, wireguard-go on another: they speak with each other.
import type { Claims } from '../../lab/claims.ts';
import type { Mesh } from '../../lab/mesh.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { formsAndReaches, hasNothingToDo } from '../../lab/small-mesh.ts';

const kinds = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const wanted = { inkernel: 'wireguard', ingo: 'tun', alsogo: 'tun' };
  for (const [name, kind] of Object.entries(wanted)) {
    const shown = await mesh.host(name).must(['ip', '-j', '-d', 'link', 'show', 'mo-wg']);
    const [link] = JSON.parse(shown) as readonly { linkinfo?: { info_kind?: string } }[];
    const found = link?.linkinfo?.info_kind ?? 'none';
    claim(`WireGuard interface of ${name}`, found, found === kind);
  }
};

const agentRestart = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const before = await mesh.host('ingo').must(['wg', 'show', 'mo-wg', 'latest-handshakes']);
  await mesh.stopAgent('ingo');
  const after = await mesh.host('ingo').run(['wg', 'show', 'mo-wg', 'latest-handshakes']);
  claim(
    'wireguard-go goes on when the agent stops',
    after.stdout.trim().split('\n').length,
    after.status === 0 && before.split('\n').length === after.stdout.split('\n').length,
  );
  await formsAndReaches(mesh, { claim });
};

export const scenario: Scenario = {
  title: 'kernel WireGuard and wireguard-go',
  topology: {
    name: 'wireguard-go',
    nodes: [
      { name: 'inkernel', number: 1, flags: ['-wireguard', 'kernel'] },
      { name: 'ingo', number: 2, flags: ['-wireguard', 'userspace'] },
      { name: 'alsogo', number: 3, flags: ['-wireguard', 'userspace'] },
    ],
  },
  stories: [
    { name: 'the mesh forms', tell: formsAndReaches },
    { name: 'each node has its kind', tell: kinds },
    { name: 'the agent restarts', tell: agentRestart },
    { name: 'a second run has nothing to do', tell: hasNothingToDo },
  ],
};
