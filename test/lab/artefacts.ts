// What is kept of a broken story: logs, and what ip, wg and vtysh say on every host. No keys.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mesh } from './mesh.ts';
import { projectRoot } from './kernel.ts';
import { labRoot } from './places.ts';

/** Of the machine, not of the guest's memory. */
export const artefactDirectory = (scenario: string): string =>
  join(`${process.env['LAB_MACHINE'] ?? ''}${projectRoot}`, 'artefacts', scenario);

const state = `
show() { echo "=== $*"; timeout 20 "$@" 2>&1; }
show ip -d -s addr
show ip rule; show ip -6 rule
show ip route show table all; show ip -6 route show table all
show wg show
show docker ps -a
for container in $(docker ps -q 2>/dev/null); do
  show docker logs --tail 100 $container
  show docker exec $container vtysh -c 'show version' -c 'show bgp summary' -c 'show bgp ipv4 unicast' \\
    -c 'show bgp ipv6 unicast' -c 'show bfd peers brief' -c 'show running-config' </dev/null
done
find /var/lib/meshover -name '*.conf*' -o -name daemons | while read -r file; do show cat "$file"; done
`;

export const collectArtefacts = async (mesh: Mesh, scenario: string): Promise<string> => {
  const directory = artefactDirectory(scenario);
  mkdirSync(directory, { recursive: true });
  cpSync(join(labRoot, 'logs'), join(directory, 'logs'), { recursive: true });
  for (const { name } of mesh.nodes) {
    const { stdout } = await mesh
      .host(name)
      .run(['bash', '-s'], { stdin: state, timeoutMs: 120_000 });
    writeFileSync(join(directory, `${name}.txt`), stdout);
  }
  const nodes = await mesh.callController(['nodes', '-o', 'json']);
  writeFileSync(join(directory, 'nodes.json'), nodes.stdout + nodes.stderr);
  return directory;
};
