// One host with a real Docker and a real FRR: from nothing to converged, and back after vandalism.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frrContainerName } from '../../client/desired/frr-container.ts';
import { linkName } from '../../client/desired/names.ts';
import { peerOf, shippedTemplates } from '../client/desired/frr-case.ts';
import { startFrrNode, wantedOf, type FrrNode } from './frr-node.ts';
import { frrVersions } from './images.ts';

const two = { peers: [peerOf(2), peerOf(3)] };
const three = { peers: [peerOf(2), peerOf(3), peerOf(4, ['10.40.0.0/16'])] };

describe.each(frrVersions)('FRR %s', (version) => {
  let node: FrrNode;
  const frrConf = (): string => `${node.host.stateDir}/frr/frr.conf`;
  const neighbours = async (): Promise<readonly string[]> => {
    const answer = await node.host.vty.ask('bgpd', ['enable', 'show running-config']);
    return [...(answer?.[1]?.text ?? '').matchAll(/^ neighbor (\S+) interface/gm)].map(
      (match) => match[1] ?? '',
    );
  };
  const names = (...numbers: readonly number[]): readonly string[] =>
    numbers.map((n) => linkName(peerOf(n).name)).sort();

  beforeAll(async () => {
    node = await startFrrNode();
  });
  afterAll(() => node.stop());

  test('is started with its configuration on a fresh host, and then nothing is left to do', async () => {
    expect(await node.turn(wantedOf(two, version))).toEqual(['container', 'configuration']);
    expect(await neighbours()).toEqual(names(2, 3));
    expect(await node.turn(wantedOf(two, version))).toEqual([]);
  });

  test('takes a peer in and lets one go', async () => {
    expect(await node.turn(wantedOf(three, version))).toEqual(['configuration']);
    expect(await neighbours()).toEqual(names(2, 3, 4));
    expect(await node.turn(wantedOf(three, version))).toEqual([]);
    expect(await node.turn(wantedOf(two, version))).toEqual(['configuration']);
    expect(await neighbours()).toEqual(names(2, 3));
    expect(await node.turn(wantedOf(two, version))).toEqual([]);
  });

  test('gives up the neighbour of a link that is remade, and has it back after', async () => {
    const [first = ''] = names(2);
    expect(await node.turn(wantedOf(two, version), [first])).toEqual([
      'neighbours',
      'configuration',
    ]);
    expect(await neighbours()).toEqual(names(2, 3));
    expect(await node.turn(wantedOf(two, version))).toEqual([]);
  });

  test('a refused file changes nothing and says why', async () => {
    const templates = {
      ...shippedTemplates,
      'frr.conf': `${shippedTemplates['frr.conf'] ?? ''}\nnonsense here\n`,
    };
    const before = await node.host.files.read(frrConf());
    const [outcome] = await node.turn(wantedOf({ ...three, templates }, version));
    expect(outcome).toMatch(/configuration: FRR refuses the new frr\.conf.*Unknown command/s);
    expect(await node.host.files.read(frrConf())).toBe(before);
    expect(await neighbours()).toEqual(names(2, 3));
  });

  test('frr.conf edited by hand is healed', async () => {
    await node.host.files.write(frrConf(), 'hostname vandal\n', 0o640);
    expect(await node.turn(wantedOf(two, version))).toEqual(['configuration']);
    expect(await node.turn(wantedOf(two, version))).toEqual([]);
  });

  test('a neighbour removed or added in the running FRR is healed', async () => {
    const [first = ''] = names(2);
    await node.host.vty.ask('bgpd', [
      'enable',
      'configure terminal',
      'router bgp 4200000001',
      `no neighbor ${first}`,
      'neighbor 192.0.2.9 remote-as 65001',
    ]);
    expect(await node.turn(wantedOf(two, version))).toEqual(['configuration']);
    const answer = await node.host.vty.ask('bgpd', ['enable', 'show running-config']);
    expect(answer?.[1]?.text).not.toContain('192.0.2.9');
    expect(await neighbours()).toEqual(names(2, 3));
    expect(await node.turn(wantedOf(two, version))).toEqual([]);
  });

  test('a killed container is started again with the same configuration', async () => {
    await node.host.containers.exec(frrContainerName, ['sh', '-c', 'kill -9 -1']);
    await node.host.containers.remove(frrContainerName);
    expect(await node.turn(wantedOf(two, version))).toEqual(['container', 'configuration']);
    expect(await neighbours()).toEqual(names(2, 3));
    expect(await node.turn(wantedOf(two, version))).toEqual([]);
  });

  test('goes when it is not wanted', async () => {
    expect(await node.turn(undefined)).toEqual(['container']);
    expect(await node.host.containers.find(frrContainerName)).toBeUndefined();
  });
});
