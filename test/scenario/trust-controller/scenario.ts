// The controller falls into hostile hands: nodes notice, refuse, say it, and traffic between them goes on.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListNodesResponse } from '../../../proto/gen/meshover/v1/administration.ts';
import type { Peer, Tombstone } from '../../../proto/gen/meshover/v1/mesh.ts';
import { SnapshotChunk } from '../../../proto/gen/meshover/v1/peers.ts';
import { allReached } from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import type { Running } from '../../lab/host.ts';
import { labelled, type Mesh } from '../../lab/mesh.ts';
import { labRoot } from '../../lab/places.ts';
import { operate } from '../../lab/operator.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { controllerAddress } from '../../lab/topology.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { olderStatement } from './older-statement.ts';

const witness = 'alpha';
/** Where host.ts has the output of the agents. */
const agentLogOf = (name: string): string => join(labRoot, 'logs', `${name}-client.log`);
const program = join(import.meta.dirname, 'hostile-controller.ts');

interface Stolen {
  /** The honest nodes, as the controller knew them. */
  readonly honest: SnapshotChunk;
  readonly registerKey: string;
}

const steal = async (mesh: Mesh): Promise<Stolen> => {
  const shown = await operate(mesh, ['nodes', '-o', 'json']);
  const { revision, nodes } = ListNodesResponse.fromJSON(JSON.parse(shown));
  const peers = nodes.flatMap(({ node }) => (node === undefined ? [] : [node]));
  const settings = {
    tunnelPools: ['10.192.0.0/12', 'fd00:6d65:7368::/48'],
    nodePools: ['10.128.0.0/12', 'fd00:beef:beef::/48'],
    operatorKeys: [],
  };
  const key = join(mesh.controller.libDirectory, 'meshover-server', 'register.key');
  return {
    honest: SnapshotChunk.fromPartial({ revision, peers, settings, last: true }),
    registerKey: readFileSync(key, 'utf8'),
  };
};

interface Attack {
  readonly registerKey: string;
  readonly peers: readonly Peer[];
  readonly tombstones?: readonly Tombstone[];
}

let attacks = 0;

/** The hostile controller in place of the one that runs. */
const attackWith = async (mesh: Mesh, { honest }: Stolen, attack: Attack): Promise<Running> => {
  attacks += 1;
  const { revision } = honest;
  const number = (revision?.number ?? 0n) + BigInt(1000 * attacks);
  const snapshot = SnapshotChunk.fromPartial({
    ...honest,
    revision: { registerId: revision?.registerId ?? '', epoch: revision?.epoch ?? 1n, number },
    peers: [...attack.peers],
    tombstones: [...(attack.tombstones ?? [])],
  });
  const script = `hostile-${attacks}.json`;
  writeFileSync(
    join(mesh.controller.libDirectory, script),
    JSON.stringify({
      listen: `[${controllerAddress}]:12384`,
      registerKey: attack.registerKey,
      honest: SnapshotChunk.toJSON(honest),
      snapshot: SnapshotChunk.toJSON(snapshot),
    }),
  );
  const running = mesh.controller.start(`hostile-${attacks}`, [
    ...[process.execPath, program, join('/var/lib', script)],
  ]);
  await waitFor({ what: 'the hostile controller', deadlineMs: 60_000 }, () =>
    running.output().includes('listening'),
  );
  return running;
};

const watchedBy = (hostile: Running, name: string): Promise<true> =>
  waitFor({ what: `${name} to hear it`, deadlineMs: 120_000 }, () =>
    hostile.output().includes(`${name} watches`),
  );

const refusedBy = (mesh: Mesh, name: string, wanted: number): Promise<true> =>
  waitFor(
    { what: `${name} to refuse ${wanted} peers`, deadlineMs: 90_000, everyMs: 500 },
    async () => {
      const value = labelled(await mesh.agentMetrics(name), 'meshover_agent_peers_refused');
      return value === wanted ? true : `refused ${String(value)}`;
    },
  );

/** WireGuard's peers in the kernel: key and address, whatever their counters. */
const keysInKernel = async (mesh: Mesh): Promise<string> =>
  (await mesh.host(witness).must(['wg', 'show', 'mo-wg', 'allowed-ips'])).split('\n').sort().join();

const named = (peers: readonly Peer[], name: string): Peer => {
  const peer = peers.find((each) => each.name === name);
  if (peer === undefined) throw new Error(`no ${name}`);
  return peer;
};

const turnsHostile = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  const target = (await allReached(mesh)).find(({ name }) => name === 'bravo');
  const stolen = await steal(mesh);
  const { peers } = stolen.honest;
  const keys = await keysInKernel(mesh);
  const ping = mesh
    .host(witness)
    .start('ping-hostile', ['ping', '-D', '-O', '-i', '0.2', '-W', '2', target?.v6 ?? '']);
  const agentLog = (): string => readFileSync(agentLogOf(witness), 'utf8');
  await mesh.stopController();

  const bravo = { ...named(peers, 'bravo'), wireguardKey: Buffer.alloc(32, 7) };
  const charlie = olderStatement(mesh.host('charlie'), named(peers, 'charlie'));
  const { asn } = named(peers, 'delta');
  const forged = {
    name: 'delta',
    asn,
    removedAt: 9_000n,
    reason: 'forged',
    signedRemoval: Buffer.alloc(0),
  };
  const swapped = await attackWith(mesh, stolen, {
    registerKey: stolen.registerKey,
    peers: [named(peers, witness), bravo, charlie],
    tombstones: [forged],
  });
  await refusedBy(mesh, witness, 3);
  for (const [name, reason] of [
    ['bravo', 'not those that it has signed itself'],
    ['charlie', 'older'],
    ['delta', 'is not signed'],
  ] as const) {
    const line = agentLog()
      .split('\n')
      .find((each) => each.includes(`peer=${name}`) && each.includes(reason));
    claim(`${witness} says of ${name} what it does not believe`, reason, line !== undefined);
  }
  const after = await keysInKernel(mesh);
  claim('WireGuard in the kernel is as before', after === keys ? 'same' : after, after === keys);
  await swapped.stop();

  const empty = await attackWith(mesh, stolen, { registerKey: stolen.registerKey, peers: [] });
  await watchedBy(empty, witness);
  await refusedBy(mesh, witness, 0);
  const still = await keysInKernel(mesh);
  claim('an empty view removes nobody', still === keys ? 'same' : still, still === keys);
  await empty.stop();

  const { privateKey } = generateKeyPairSync('ed25519');
  const stranger = await attackWith(mesh, stolen, {
    registerKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    peers,
  });
  await waitFor({ what: 'the stranger to be refused', deadlineMs: 120_000, everyMs: 500 }, () =>
    agentLog().includes('proves another register'),
  );
  claim('another register key is refused', 'client -repin', agentLog().includes('client -repin'));
  claim(
    'nobody watches a stranger',
    stranger.output().trim(),
    !stranger.output().includes('watches'),
  );
  await stranger.stop();

  const seconds = await mesh.whole();
  claim('with the right controller the mesh is whole', `${seconds.toFixed(1)} s`, true);
  await ping.stop('SIGINT');
  const summary = /(\d+) packets transmitted, (\d+) received/.exec(ping.output());
  const [, sent = '', received = ''] = summary ?? [];
  claim(
    `packets lost from ${witness} to bravo meanwhile`,
    summary?.[0] ?? '',
    sent !== '' && sent === received,
  );
};

export const scenario: Scenario = {
  title: 'a controller in hostile hands',
  topology: fourNodes,
  stories: [{ name: 'swaps, rolls back, forges, forgets, changes its key', tell: turnsHostile }],
};
