// An operator's decisions at a real controller: who comes in, who stays out, who may do what.
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type {
  AuditEvent,
  CreateAdministratorResponse,
  ListPendingResponse,
  PendingNode,
} from '../../proto/gen/meshover/v1/administration.ts';
import { newStateDir, startController, type Controller } from './controller.ts';
import { Desk } from './desk.ts';
import { MeshNode } from './node.ts';

const stateDir = newStateDir();
const nodes: MeshNode[] = [];
let controller: Controller;
let desk: Desk;

const open = async (): Promise<void> => {
  controller = await startController(stateDir, []);
  desk = new Desk(controller, controller.adminToken);
};

const close = async (): Promise<void> => {
  desk.close();
  await controller.stop();
};

beforeAll(open);

afterEach(() => {
  for (const node of nodes.splice(0)) node.leave();
});

afterAll(close);

const newNode = (name: string): MeshNode => {
  const node = new MeshNode(name);
  nodes.push(node);
  return node;
};

const pending = async (name: string): Promise<readonly PendingNode[]> => {
  const answer = await desk.ask<ListPendingResponse>((client, token, done) =>
    client.listPending({}, token, done),
  );
  return answer.nodes.filter((node) => node.name === name);
};

const approve = (name: string, fingerprint = '', by = desk): Promise<unknown> =>
  by.ask((client, token, done) =>
    client.approveNode({ name, fingerprint, authorise: true, tags: ['lab'] }, token, done),
  );

const member = async (name: string): Promise<MeshNode> => {
  const node = newNode(name);
  await node.join(controller, { token: await desk.token() });
  return node;
};

test('a node without a token waits, is seen, is approved, and is in', async () => {
  const node = newNode('w1');
  const advertise = ['10.20.0.0/16'];
  expect((await node.join(controller, { advertise })).membership).toBe('MEMBERSHIP_PENDING');
  const [waiting] = await pending('w1');
  expect(waiting).toMatchObject({ why: 'new', source: '::1', version: 'test', advertise });
  await expect(approve('w1', 'AAAA-AAAA')).rejects.toThrow(waiting!.fingerprint);
  await approve('w1', waiting!.fingerprint);
  expect(await pending('w1')).toEqual([]);
  const joined = await node.join(controller, { advertise });
  expect(joined).toMatchObject({
    membership: 'MEMBERSHIP_ADMITTED',
    self: { name: 'w1', advertised: advertise },
    unauthorisedAdvertise: [],
  });
  expect(joined.membershipCertificate.length).toBeGreaterThan(100);
});

test('what is not authorised is told to the node, and granted without a new join', async () => {
  const node = await member('w2');
  const wishes = {
    advertise: ['10.21.0.0/16'],
    gathering: [{ prefix: '192.0.2.0/27', preference: 5 }],
  };
  expect(await node.join(controller, wishes)).toMatchObject({
    self: { advertised: [], gathering: [] },
    unauthorisedAdvertise: wishes.advertise,
    unauthorisedGathering: ['192.0.2.0/27'],
  });
  await node.watch(controller);
  const grants = { name: 'w2', advertise: wishes.advertise, gathering: ['192.0.2.0/27'] };
  await desk.ask((client, token, done) =>
    client.authorise({ ...grants, withdraw: false }, token, done),
  );
  await node.until(() => node.peers.get('w2')?.advertised.length === 1);
  expect(node.peers.get('w2')?.gathering).toEqual(wishes.gathering);
  await desk.ask((client, token, done) =>
    client.authorise({ ...grants, withdraw: true }, token, done),
  );
  await node.until(() => node.peers.get('w2')?.advertised.length === 0);
});

test('a node that is rejected stays out until an operator names its fingerprint', async () => {
  const node = newNode('w3');
  await node.join(controller);
  const [waiting] = await pending('w3');
  await desk.ask((client, token, done) =>
    client.rejectNode({ name: 'w3', fingerprint: '' }, token, done),
  );
  await expect(node.join(controller)).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  await expect(approve('w3')).rejects.toThrow('no node waits as "w3"');
  await approve('w3', waiting!.fingerprint);
  expect((await node.join(controller)).self?.name).toBe('w3');
});

test('a removed node is cut, may call nothing, also after a restart, and returns by approval', async () => {
  const node = await member('w4');
  const { self: before } = await node.join(controller);
  await node.watch(controller);
  await node.until(() => node.peers.has('w4'));
  await desk.ask((client, token, done) =>
    client.removeNode({ name: 'w4', reason: 'stolen' }, token, done),
  );
  await node.until(() => node.ended !== undefined);
  await close();
  await open();
  await node.watch(controller);
  await node.until(() => node.ended !== undefined);
  expect(node.ended).toMatchObject({
    code: status.PERMISSION_DENIED,
    details: expect.stringContaining('stolen') as string,
  });
  expect((await node.join(controller)).membership).toBe('MEMBERSHIP_PENDING');
  expect(await pending('w4')).toMatchObject([{ why: 'removed' }]);
  await approve('w4');
  const { self } = await node.join(controller);
  expect([self?.asn, self?.nodeAddresses]).toEqual([before?.asn, before?.nodeAddresses]);
});

test('another machine gets a name by rekey; the old one is out', async () => {
  const old = await member('w5');
  const { self: before } = await old.join(controller);
  const next = newNode('w5');
  await expect(next.join(controller)).rejects.toMatchObject({
    code: status.ALREADY_EXISTS,
    details: expect.stringMatching(/meshoverctl rekey w5 -fingerprint [A-Z2-7-]{29}/) as string,
  });
  expect(await pending('w5')).toMatchObject([{ why: 'rekey' }]);
  await expect(approve('w5')).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
  await desk.ask((client, token, done) =>
    client.rekeyNode({ name: 'w5', fingerprint: '', succession: Buffer.alloc(0) }, token, done),
  );
  expect((await next.join(controller)).self?.asn).toBe(before?.asn);
  await expect(old.join(controller)).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
});

test('roles hold at the door, and a revoked administrator is nobody', async () => {
  const made = await desk.ask<CreateAdministratorResponse>((client, token, done) =>
    client.createAdministrator({ name: 'vic', role: 'viewer' }, token, done),
  );
  await close();
  await open();
  const viewer = new Desk(controller, made.token);
  expect(await viewer.log({ last: 1 })).toHaveLength(1);
  await expect(approve('w9', '', viewer)).rejects.toMatchObject({
    code: status.PERMISSION_DENIED,
    details: expect.stringContaining('needs the role operator') as string,
  });
  const follows = viewer.events({ follow: true });
  const cut = new Promise((resolve) => follows.on('error', resolve));
  follows.on('data', () => undefined);
  await desk.ask((client, token, done) => client.revokeAdministrator({ name: 'vic' }, token, done));
  expect(await cut).toMatchObject({ details: expect.stringContaining('revoked') as string });
  await expect(viewer.log()).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  viewer.close();
});

test('every change is told, in order, over restarts, and to whoever follows', async () => {
  await close();
  await open();
  const seen: AuditEvent[] = [];
  const follows = desk.events({ follow: true, last: 1 });
  follows.on('data', (event: AuditEvent) => seen.push(event));
  follows.on('error', () => undefined);
  await vi.waitFor(() => {
    expect(seen).toHaveLength(1);
  });
  await member('w6');
  await vi.waitFor(
    () => {
      expect(seen.slice(1).map(({ what }) => what)).toEqual(['token-created', 'node-joined']);
    },
    { timeout: 10_000 },
  );
  follows.cancel();
  const log = await desk.log();
  expect(log.map(({ number }) => number)).toEqual(log.map((_, i) => BigInt(i + 1)));
  expect(log.at(-1)).toMatchObject({
    subject: 'w6',
    who: expect.stringMatching(/^token /) as string,
  });
  expect(new Set(log.map(({ what }) => what))).toEqual(
    new Set([
      ...['token-created', 'node-joined', 'node-approved', 'node-rejected', 'node-removed'],
      ...['node-changed', 'node-rekeyed', 'authorised', 'withdrawn'],
      ...['administrator-created', 'administrator-revoked'],
    ]),
  );
});
