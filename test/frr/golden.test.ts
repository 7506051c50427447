// Every golden file is accepted by the real FRR and rendered as FRR itself would show it.
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frrContainerName } from '../../client/desired/frr-container.ts';
import { peerOf } from '../client/desired/frr-case.ts';
import { startFrrNode, wantedOf, type FrrNode } from './frr-node.ts';
import { frrVersions } from './images.ts';

const directory = 'test/golden/frr';
const goldens = readdirSync(directory).filter((name) => name.endsWith('.frr.conf'));
const peers = [peerOf(2), peerOf(3, ['10.30.0.0/16', '2001:db8:30::/48'])];

describe.each(frrVersions)('FRR %s', (version) => {
  let node: FrrNode;
  const exec = (...argv: readonly string[]): ReturnType<FrrNode['host']['containers']['exec']> =>
    node.host.containers.exec(frrContainerName, argv);
  const put = (text: string): Promise<void> =>
    node.host.files.write(`${node.host.stateDir}/frr/golden.conf`, text, 0o644);

  beforeAll(async () => {
    node = await startFrrNode();
    await node.turn(wantedOf({ peers }, version));
  });
  afterAll(() => node.stop());

  // 8.4.4 and 10.3 write the cache differently.
  const ours = goldens.filter((name) => !/few-\d/.test(name) || name.includes(version));
  test.each(ours)('accepts %s', async (name) => {
    await put(readFileSync(`${directory}/${name}`, 'utf8'));
    expect(await exec('vtysh', '-C', '-f', '/etc/frr/golden.conf')).toMatchObject({ code: 0 });
    const reload = ['/usr/lib/frr/frr-reload.py', '--test', '/etc/frr/golden.conf'];
    expect(await exec(...reload)).toMatchObject({ code: 0 });
  });

  test('refuses a wrong file', async () => {
    await put('router bgp 4200000001\n neighbour mo-x nonsense\n');
    const result = await exec('vtysh', '-C', '-f', '/etc/frr/golden.conf');
    expect(result.code).toBe(2);
  });

  test('shows what was applied as it was written', async () => {
    const result = await exec('/usr/lib/frr/frr-reload.py', '--test', '/etc/frr/frr.conf');
    const changes = result.stdout
      .split('\n')
      .filter((line) =>
        /^\s*(no )?(neighbor|bgp|network|redistribute|ip|ipv6|route-map|match|rpki)/.test(line),
      )
      .filter((line) => !/(ip|ipv6) forwarding/.test(line));
    expect(changes).toEqual([]);
  });
});
