// Limits of single calls at a real controller: how often, how late, and readers that do not read.
import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { WatchRequest } from '../../proto/gen/meshover/v1/peers.ts';
import { usualLimits, type Limits } from '../../server/door/limits.ts';
import { newStateDir, startController, type Controller } from './controller.ts';
import { MeshNode } from './node.ts';

const running: Controller[] = [];
const nodes: MeshNode[] = [];

afterEach(async () => {
  for (const node of nodes.splice(0)) node.leave();
  for (const controller of running.splice(0)) await controller.stop();
});

const start = async (limits: Limits): Promise<Controller> => {
  const controller = await startController(newStateDir(), ['-open'], limits);
  running.push(controller);
  return controller;
};

const newNode = (name: string): MeshNode => {
  const node = new MeshNode(name);
  nodes.push(node);
  return node;
};

const sessionTo = (controller: Controller): ClientHttp2Session => {
  const session = connectHttp2(`https://${controller.address}`, {
    ca: controller.authority,
    servername: 'meshover-controller',
  });
  session.on('error', () => undefined);
  return session;
};

/** Opens a peers stream and takes nothing of it. */
const watchBlindly = async (
  controller: Controller,
  node: MeshNode,
): Promise<ClientHttp2Session> => {
  const path = '/meshover.v1.Peers/Watch';
  const [authorization = ''] = (await node.proof(path)).get('authorization');
  const session = sessionTo(controller);
  const call = session.request({
    ...{ ':method': 'POST', ':path': path, te: 'trailers', authorization: String(authorization) },
    'content-type': 'application/grpc',
  });
  call.on('error', () => undefined);
  const request = WatchRequest.encode({ name: node.name, resumeFrom: undefined }).finish();
  const head = Buffer.alloc(5);
  head.writeUInt32BE(request.length, 1);
  call.end(Buffer.concat([head, request]));
  await once(call, 'response');
  return session;
};

const { door, calls } = usualLimits;

test('joins above the rate are refused with the remedy, and other calls are answered', async () => {
  const joins = { ...calls.joins, together: { burst: 4, perSecond: 0.001 } };
  // A join is a Hello and a Join.
  const controller = await start({ door, calls: { ...calls, joins } });
  const first = newNode('first');
  await first.join(controller);
  await newNode('second').join(controller);
  await expect(newNode('third').join(controller)).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringContaining('try again later') as string,
  });
  await first.watch(controller, await first.proof('/meshover.v1.Peers/Watch'));
  await first.until(() => first.peers.size === 2);
  expect([...first.peers.keys()]).toEqual(['first', 'second']);
});

test('a request that is begun and not finished costs its connection', async () => {
  const controller = await start({ door, calls: { ...calls, requestMs: 100 } });
  const session = sessionTo(controller);
  const call = session.request({
    ...{ ':method': 'POST', ':path': '/meshover.v1.Joining/Join' },
    'content-type': 'application/grpc',
  });
  call.on('error', () => undefined);
  await once(session, 'close');
  expect(session.destroyed).toBe(true);
});

test('a node that does not read is cut; the others go on', async () => {
  const controller = await start({ door, calls: { ...calls, takenMs: 300 } });
  const [slow, witness] = [newNode('slow'), newNode('witness')];
  await slow.join(controller);
  await witness.join(controller);
  await witness.watch(controller);
  await witness.until(() => witness.peers.size === 2);
  const session = await watchBlindly(controller, slow);
  // More than HTTP/2 takes for one stream that nobody reads (64 KiB).
  const endpoints = Array.from({ length: 64 }, (_, i) => `[2001:db8:a:b:c:d:0:${String(i)}]:51820`);
  for (const wave of [1, 2, 3, 4]) {
    const names = Array.from({ length: 30 }, (_, i) => `w${String(wave)}-${String(i)}`);
    await Promise.all(names.map((name) => newNode(name).join(controller, { endpoints })));
  }
  if (!session.destroyed) await once(session, 'close');
  expect(controller.lines.filter((line) => line.includes('code=not-reading'))).toHaveLength(1);
  await witness.until(() => witness.peers.size === 122);
});

test('no more streams than one agent needs are taken on one connection', async () => {
  const session = sessionTo(await start(usualLimits));
  await once(session, 'remoteSettings');
  expect(session.remoteSettings.maxConcurrentStreams).toBe(16);
  session.destroy();
});
