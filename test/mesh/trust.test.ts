// Who may say what: proofs that are wrong, old, borrowed or used twice; calls of operators.
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeStatus } from '../../proto/gen/meshover/v1/status.ts';
import { newStateDir, startController, type Controller } from './controller.ts';
import { MeshNode } from './node.ts';

let controller: Controller;
const a = new MeshNode('a');
const join = '/meshover.v1.Joining/Join';
const watch = '/meshover.v1.Peers/Watch';

beforeAll(async () => {
  controller = await startController(newStateDir());
  await a.join(controller);
});

afterAll(async () => {
  a.leave();
  await controller.stop();
});

const unproven = { code: status.UNAUTHENTICATED };
const seconds = (): number => Math.floor(Date.now() / 1000);

describe('a join is refused', () => {
  test.each([
    ['when the proof names another node', { sub: 'b' }],
    ['when the proof is for another call', { method: watch }],
    ['when the proof is for another register', { aud: 'f'.repeat(32) }],
    ['when the proof is bound to no connection', { aud: 'join' }],
    ['when the proof is old', { iat: seconds() - 600, exp: seconds() - 540 }],
    ['when the proof is good for too long', { exp: seconds() + 3600 }],
    ['when the proof has no id', { jti: undefined }],
  ])('%s', async (_, changes) => {
    const proof = await a.proof(join, changes);
    await expect(a.join(controller, {}, proof)).rejects.toMatchObject(unproven);
  });

  test('when the proof is signed by another key', async () => {
    const thief = new MeshNode('a');
    thief.audience = a.audience;
    const proof = await thief.proof(join);
    await expect(a.join(controller, {}, proof)).rejects.toMatchObject(unproven);
  });

  test('when the proof was used before', async () => {
    const proof = await a.proof(join);
    await a.join(controller, {}, proof);
    await expect(a.join(controller, {}, proof)).rejects.toMatchObject({
      details: expect.stringContaining('used before') as string,
    });
  });

  test('when the name belongs to another key', async () => {
    await expect(new MeshNode('a').join(controller)).rejects.toMatchObject({
      code: status.ALREADY_EXISTS,
      details: expect.stringContaining('meshoverctl remove a') as string,
    });
  });
});

describe('a malformed join is told what is wrong', () => {
  test.each([
    ['name', { name: 'A' }, /lower case/],
    ['name', { name: '-' }, /not a hostname/],
    ['key', { wireguardKey: Buffer.alloc(31) }, /32 bytes/],
    ['endpoint', { endpoints: ['nowhere'] }, /nowhere/],
    ['prefix', { advertise: ['10.0.0.1/8'] }, /10\.0\.0\.1\/8/],
    ['gathering', { gathering: [{ prefix: '0.0.0.0/0', preference: 1 }] }, /default route/],
  ])('%s %j', async (_, changes, expected) => {
    const node = new MeshNode('name' in changes ? changes.name : 'm');
    const failed = node.join(controller, changes);
    await expect(failed).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(failed).rejects.toThrow(expected);
  });
});

const report: NodeStatus = {
  ...{ desired: undefined, applied: undefined, failedSteps: 0, failure: '' },
  ...{ frrBackend: '', frrVersion: '', programVersion: 'test', links: [] },
};

test('a node reports for itself only', async () => {
  const b = new MeshNode('b');
  await b.join(controller);
  await expect(b.report(controller, report)).resolves.toBeUndefined();
  await expect(b.report(controller, report, 'a')).rejects.toMatchObject(unproven);
});

test('a node that never joined may not watch', async () => {
  const stranger = new MeshNode('stranger');
  await stranger.watch(controller);
  await stranger.until(() => stranger.ended !== undefined);
  expect(stranger.ended?.code).toBe(status.NOT_FOUND);
  stranger.leave();
});

test('a node may not watch in the name of another', async () => {
  const thief = new MeshNode('a');
  thief.audience = a.audience;
  await thief.watch(controller);
  await thief.until(() => thief.ended !== undefined);
  expect(thief.ended?.code).toBe(status.UNAUTHENTICATED);
  thief.leave();
});
