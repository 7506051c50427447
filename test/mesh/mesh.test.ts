// The mesh in one process: a real controller over TLS, and nodes that join, follow and come back.
import { afterEach, expect, test } from 'vitest';
import { newStateDir, startController, type Controller } from './controller.ts';
import { MeshNode } from './node.ts';

const running: Controller[] = [];
const nodes: MeshNode[] = [];

const start = async (stateDir = newStateDir(), argv?: readonly string[]): Promise<Controller> => {
  const controller = await startController(stateDir, argv);
  running.push(controller);
  return controller;
};

const newNode = (name: string): MeshNode => {
  const node = new MeshNode(name);
  nodes.push(node);
  return node;
};

afterEach(async () => {
  for (const node of nodes.splice(0)) node.leave();
  for (const controller of running.splice(0)) await controller.stop();
});

const viewOf = (node: MeshNode): unknown =>
  [...node.peers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

test('30 nodes join at once: every view is complete, and all are alike', async () => {
  const controller = await start();
  const all = Array.from({ length: 30 }, (_, i) => newNode(`node-${i}`));
  await Promise.all(
    all.map(async (node) => {
      await node.join(controller);
      await node.watch(controller);
    }),
  );
  await Promise.all(all.map((node) => node.until(() => node.peers.size === 30)));
  for (const node of all) expect(viewOf(node)).toEqual(viewOf(all[0]!));
  const taken = [...all[0]!.peers.values()].flatMap((peer) => [
    String(peer.asn),
    ...peer.tunnelAddresses,
    ...peer.nodeAddresses,
  ]);
  expect(new Set(taken).size).toBe(150);
});

test('a node that joins later is told to the others, and is told of them', async () => {
  const controller = await start();
  const [a, b] = [newNode('a'), newNode('b')];
  await a.join(controller);
  await a.watch(controller);
  await a.until(() => a.peers.size === 1);
  await b.join(controller);
  await b.watch(controller);
  await a.until(() => a.peers.has('b'));
  await b.until(() => b.peers.has('a') && b.peers.has('b'));
  expect(a.events.map((event) => event.snapshot === undefined)).toEqual([false, true]);
});

test('ten quick reconnects change nothing and resume from the revision', async () => {
  const controller = await start();
  const [a, b] = [newNode('a'), newNode('b')];
  await a.join(controller);
  await b.join(controller);
  await a.watch(controller);
  await a.until(() => a.peers.size === 2);
  const held = a.revision;
  for (let i = 0; i < 10; i++) {
    a.leave();
    await a.join(controller);
    await a.watch(controller);
    await a.until(() => a.events.length > 0);
    expect(a.events[0]?.delta).toMatchObject({ from: held, to: held, peers: [], tombstones: [] });
  }
});

test('a restart of the controller keeps places; nodes resume and get only what changed', async () => {
  const stateDir = newStateDir();
  const first = await start(stateDir);
  const [a, b, c] = [newNode('a'), newNode('b'), newNode('c')];
  const placeOfA = (await a.join(first)).self;
  await b.join(first);
  await a.watch(first);
  await a.until(() => a.peers.size === 2);
  const held = a.revision;
  await running.splice(0)[0]?.stop();
  await a.until(() => a.ended !== undefined);
  const second = await start(stateDir);
  expect((await a.join(second)).self).toEqual(placeOfA);
  await c.join(second);
  await a.watch(second);
  await a.until(() => a.peers.has('c'));
  expect(a.events[0]?.delta?.from).toEqual(held);
  expect(a.events[0]?.delta?.peers.map((peer) => peer.name)).toEqual(['c']);
});

test('a revision of another register gets a snapshot', async () => {
  const controller = await start();
  const a = newNode('a');
  await a.join(controller);
  a.revision = { registerId: 'f'.repeat(32), epoch: 1n, number: 1n };
  await a.watch(controller);
  await a.until(() => a.events.length > 0);
  expect(a.events[0]?.snapshot?.last).toBe(true);
});

test('a dry run answers as a join, and changes nothing', async () => {
  const controller = await start();
  const [a, b] = [newNode('a'), newNode('b')];
  await a.join(controller);
  const answer = await b.join(controller, { dryRun: true });
  expect(answer.peers.map((peer) => peer.name)).toEqual(['a', 'b']);
  await a.watch(controller);
  await a.until(() => a.events.length > 0);
  expect([...a.peers.keys()]).toEqual(['a']);
});

test('without -open a newcomer waits, a known node does not', async () => {
  const stateDir = newStateDir();
  const a = newNode('a');
  await a.join(await start(stateDir));
  await running.splice(0)[0]?.stop();
  const closed = await start(stateDir, []);
  const { membership, self } = await newNode('b').join(closed);
  expect([membership, self]).toEqual(['MEMBERSHIP_PENDING', undefined]);
  expect((await a.join(closed)).self?.name).toBe('a');
});

test('a node that hangs costs no memory; when it reads again it soon knows all', async () => {
  const controller = await start();
  const slow = newNode('slow');
  await slow.join(controller);
  await slow.watch(controller);
  await slow.until(() => slow.peers.size === 1);
  slow.pause();
  // Wide entries, so that what is missed is more than HTTP/2 takes for one stream (64 KiB).
  const endpoints = Array.from(
    { length: 64 },
    (_, i) => `[2001:db8:aaaa:bbbb:cccc::${i + 1}]:51820`,
  );
  const witness = newNode('witness');
  for (const wave of [1, 2, 3, 4]) {
    const names = Array.from({ length: 30 }, (_, i) => `w${wave}-${i}`);
    await Promise.all(names.map((name) => newNode(name).join(controller, { endpoints })));
  }
  await witness.join(controller);
  await witness.watch(controller);
  await witness.until(() => witness.peers.size === 122);
  slow.resume();
  await slow.until(() => slow.peers.size === 122);
  expect(viewOf(slow)).toEqual(viewOf(witness));
});
