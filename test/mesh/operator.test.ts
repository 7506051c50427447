// meshoverctl against a real controller: who is there, and how a node leaves for good.
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { runCtl } from '../../ctl/main.ts';
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

/** Exit status and what was printed. */
const ctl = async (
  words: readonly string[],
  token = join(controller.stateDir, 'admin.token'),
): Promise<{ exit: number; out: string; err: string }> => {
  const printed = { out: '', err: '' };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.out += String(text);
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed.err += String(text);
    return true;
  });
  try {
    const ca = join(controller.stateDir, 'authority.pem');
    const flags = ['-controlserver', controller.address, '-ca', ca, '-token-file', token];
    return { exit: await runCtl([...words, ...flags]), ...printed };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
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
  expect(d.ended?.code).toBe(status.NOT_FOUND);
  await d.watch(controller);
  await d.until(() => d.ended !== undefined);
  expect(d.ended?.code).toBe(status.NOT_FOUND);
});

test('a node that comes back after its removal has its place again, and no tombstone', async () => {
  const [e, f] = [await joined('e'), await joined('f')];
  const before = e.peers.get('e');
  await printedBy(['remove', 'e']);
  await f.until(() => f.tombstones.has('e'));
  e.revision = undefined;
  expect((await e.join(controller)).self).toMatchObject({
    asn: before?.asn,
    nodeAddresses: before?.nodeAddresses,
  });
  await f.until(() => f.peers.has('e'));
  expect(f.tombstones.has('e')).toBe(false);
});

test('a fingerprint stands for a copy of the authority; a wrong one is refused', async () => {
  const { fingerprint256 } = new X509Certificate(controller.authority);
  expect(await printedBy(['status', '-fingerprint', fingerprint256])).toMatch(/open: every/);
  const wrong = await ctl(['status', `-fingerprint=${'0'.repeat(64)}`]);
  expect(wrong).toMatchObject({ exit: 1, out: '' });
  expect(wrong.err).toContain(fingerprint256);
});

test('a controller that is not there', async () => {
  const { address } = controller;
  const nowhere = { ...controller, address: '[::1]:1' };
  controller = nowhere;
  const results = [await ctl(['status']), await ctl(['status', '-fingerprint', 'ab'])];
  controller = { ...nowhere, address };
  for (const { exit, err } of results) {
    expect(exit).toBe(1);
    expect(err).toMatch(/did not answer .* is it running/);
  }
});

test('without the admin token nothing is told', async () => {
  const wrong = join(controller.stateDir, 'wrong.token');
  writeFileSync(wrong, 'x'.repeat(43));
  const result = await ctl(['nodes'], wrong);
  expect(result).toMatchObject({ exit: 1, out: '' });
  expect(result.err).toMatch(/admin\.token/);
});

test.each([
  [['remove', 'nobody'], 1, /no node "nobody"/],
  [['remove'], 2, /needs the name/],
  [['frobnicate'], 2, /frobnicate/],
  [[], 2, /a command is missing/],
  [['nodes', '-o', 'xml'], 2, /xml/],
])('%j fails with status %i', async (words, exit, message) => {
  const result = await ctl(words);
  expect(result.exit).toBe(exit);
  expect(result.err).toMatch(message);
  expect(result.err.trim().split('\n')).toHaveLength(1);
});
