// meshoverctl against a real controller: who is there, and how a node leaves for good.
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { callCtl, newHome, writeSecret, type Called } from '../ctl/desk.ts';
import { newStateDir, startController, type Controller } from './controller.ts';
import { MeshNode } from './node.ts';

let controller: Controller;
const nodes: MeshNode[] = [];

beforeAll(async () => {
  controller = await startController(newStateDir());
});

afterEach(() => {
  for (const node of nodes.splice(0)) node.leave();
});

afterAll(() => controller.stop());

const joined = async (name: string): Promise<MeshNode> => {
  const node = new MeshNode(name);
  nodes.push(node);
  await node.join(controller);
  await node.watch(controller);
  await node.until(() => node.peers.has(name));
  return node;
};

const home = newHome();

const ctl = (
  words: readonly string[],
  token = join(controller.stateDir, 'admin.token'),
): Promise<Called> => {
  const place = ['-controlserver', controller.address, '-statedir', controller.stateDir];
  return callCtl([...words, ...place, '-token-file', token], { home });
};

const printedBy = async (words: readonly string[]): Promise<string> => {
  const result = await ctl(words);
  expect({ exit: result.exit, err: result.err }).toEqual({ exit: 0, err: '' });
  return result.out;
};

test('nodes shows every node and whether it is connected', async () => {
  const [a, b] = [await joined('a'), await joined('b')];
  await a.report(controller, {
    ...{ desired: a.revision, applied: a.revision, failedSteps: 0, failure: '' },
    ...{ frrBackend: 'docker', frrVersion: '10.3', programVersion: 'test', links: [] },
  });
  b.leave();
  await vi.waitFor(async () => {
    expect(await printedBy(['nodes'])).toMatch(/^b +away/m);
  });
  expect(await printedBy(['nodes'])).toMatch(/^a +ready/m);
  const answer = JSON.parse(await printedBy(['nodes', '-o', 'json'])) as { nodes: object[] };
  expect(answer.nodes).toMatchObject([
    { node: { name: 'a' }, connected: true, status: { frrVersion: '10.3' } },
    { node: { name: 'b' } },
  ]);
});

test('status shows the controller', async () => {
  expect(await printedBy(['status'])).toMatch(/open: every node/);
});

test('remove ends the stream of the node and tells its peers', async () => {
  const [c, d] = [await joined('c'), await joined('d')];
  await c.until(() => c.peers.has('d'));
  expect(await printedBy(['remove', 'd', '-reason', 'sold'])).toBe('d is removed\n');
  await c.until(() => c.tombstones.has('d'));
  expect(c.tombstones.get('d')).toMatchObject({ name: 'd', reason: 'sold' });
  expect(c.peers.has('d')).toBe(false);
  await d.until(() => d.ended !== undefined);
  expect(d.tombstones.has('d')).toBe(true);
  expect(d.ended?.code).toBe(status.PERMISSION_DENIED);
  await d.watch(controller);
  await d.until(() => d.ended !== undefined);
  expect(d.ended?.code).toBe(status.PERMISSION_DENIED);
});

test('from another machine: the fingerprint that the server printed, once', async () => {
  const away = newHome();
  const token = writeSecret(join(away, 'token'), controller.adminToken);
  const call = (words: readonly string[]): Promise<Called> =>
    callCtl(
      [...words, '-controlserver', controller.address, '-token-file', token, '-statedir', away],
      { home: away },
    );
  const fingerprint = /register key: (\S+)/.exec(controller.lines.join(''))?.[1] ?? '';
  const stranger = await call(['status']);
  expect(stranger).toMatchObject({ exit: 1, out: '' });
  expect(stranger.err).toContain(fingerprint);
  expect((await call(['status', '-fingerprint', `A${fingerprint.slice(1)}`])).exit).toBe(1);
  expect(await call(['status', '-fingerprint', fingerprint])).toMatchObject({ exit: 0, err: '' });
  expect(await call(['whoami'])).toMatchObject({ exit: 0, err: '' });
});

test('a controller that is not there', async () => {
  const { address } = controller;
  const nowhere = { ...controller, address: '[::1]:1' };
  controller = nowhere;
  const result = await ctl(['status']);
  controller = { ...nowhere, address };
  expect(result).toMatchObject({ exit: 1, out: '' });
  expect(result.err).toMatch(/did not answer .* is it running/);
});

test('without the admin token nothing is told', async () => {
  const wrong = join(controller.stateDir, 'wrong.token');
  writeSecret(wrong, 'x'.repeat(43));
  const result = await ctl(['nodes'], wrong);
  expect(result).toMatchObject({ exit: 1, out: '' });
  expect(result.err).toMatch(/admin\.token/);
});

test.each([[['remove', 'nobody'], 1, /no node "nobody"/]])(
  '%j fails with status %i',
  async (words, exit, message) => {
    const result = await ctl(words);
    expect(result.exit).toBe(exit);
    expect(result.err).toMatch(message);
    expect(result.err.trim().split('\n')).toHaveLength(1);
  },
);
