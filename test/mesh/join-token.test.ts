// Join tokens at a real controller: one use is one node, whatever happens in between.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { JoinResponse } from '../../proto/gen/meshover/v1/joining.ts';
import { newStateDir, startController, type Controller } from './controller.ts';
import { Desk } from './desk.ts';
import { MeshNode } from './node.ts';

const running: Controller[] = [];

afterEach(async () => {
  for (const controller of running.splice(0)) await controller.stop();
});

const start = async (stateDir = newStateDir()): Promise<Controller> => {
  const controller = await startController(stateDir, []);
  running.push(controller);
  return controller;
};

const stop = async (): Promise<void> => {
  for (const controller of running.splice(0)) await controller.stop();
};

const tokenOf = async (controller: Controller, uses = 1): Promise<string> => {
  const desk = new Desk(controller, controller.adminToken);
  try {
    return await desk.token(uses);
  } finally {
    desk.close();
  }
};

/** "in", or why not. */
const fate = (joined: PromiseSettledResult<JoinResponse>): string => {
  if (joined.status === 'rejected') return (joined.reason as Error).message;
  return joined.value.membership === 'MEMBERSHIP_ADMITTED' ? 'in' : 'waits';
};

const bothJoin = async (
  nodes: readonly MeshNode[],
  controller: Pick<Controller, 'address' | 'authority'>,
  token: string,
): Promise<readonly string[]> => {
  const joins = await Promise.allSettled(nodes.map((node) => node.join(controller, { token })));
  return joins.map(fate);
};

test('of two nodes with one single-use token at the same instant exactly one is in', async () => {
  const stateDir = newStateDir();
  const controller = await start(stateDir);
  const token = await tokenOf(controller);
  const nodes = [new MeshNode('a'), new MeshNode('b')];
  const fates = await bothJoin(nodes, controller, token);
  expect(fates.filter((each) => each === 'in')).toHaveLength(1);
  expect(fates.join()).toContain('the join token is used up (1 of 1)');
  await stop();
  expect(await bothJoin(nodes, await start(stateDir), token)).toEqual(fates);
});

test('a token for three admits three of eight', async () => {
  const controller = await start();
  const token = await tokenOf(controller, 3);
  const nodes = Array.from({ length: 8 }, (_, i) => new MeshNode(`n${i}`));
  const fates = await bothJoin(nodes, controller, token);
  expect(fates.filter((each) => each === 'in')).toHaveLength(3);
});

/** The controller as a program, killed when the first admission is durable and nobody knows. */
const startDying = async (
  stateDir: string,
): Promise<{ address: string; ended: Promise<unknown> }> => {
  const program = join(import.meta.dirname, 'dying-controller.ts');
  const argv = ['-listen', '[::1]:0', '-http', 'off', '-statedir', stateDir];
  const child = spawn(process.execPath, [program, ...argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (part) => {
      said += String(part);
      const port = /listening .*address=\[::1\]:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(`[::1]:${port}`);
    });
    child.once('exit', () => {
      reject(new Error(said));
    });
  });
  return { address, ended };
};

test('a controller killed between disk and answer has admitted exactly one', async () => {
  const stateDir = newStateDir();
  const before = await start(stateDir);
  const token = await tokenOf(before);
  await stop();
  const dying = await startDying(stateDir);
  const nodes = [new MeshNode('a'), new MeshNode('b')];
  const place = { address: dying.address, authority: before.authority };
  const cut = await bothJoin(nodes, place, token);
  expect(await dying.ended).toEqual([null, 'SIGKILL']);
  expect(cut).not.toContain('in');
  const after = await start(stateDir);
  const fates = await bothJoin(nodes, after, token);
  expect(fates.filter((each) => each === 'in')).toHaveLength(1);
  expect(fates.join()).toContain('used up');
  expect(await bothJoin(nodes, after, token)).toEqual(fates);
});

test('a token of another controller is refused before anything else is looked at', async () => {
  const token = await tokenOf(await start());
  await expect(new MeshNode('a').join(await start(), { token })).rejects.toThrow(
    /the join token is not good: .*(another controller|"iss")/,
  );
});

test('a known node may show a token that is used up', async () => {
  const controller = await start();
  const token = await tokenOf(controller);
  const node = new MeshNode('a');
  await node.join(controller, { token });
  expect((await node.join(controller, { token })).self?.name).toBe('a');
  expect((await node.join(controller, { token: 'x' })).self?.name).toBe('a');
});

test('a dry run with a token changes nothing and gives no certificate', async () => {
  const controller = await start();
  const token = await tokenOf(controller);
  const tried = await new MeshNode('a').join(controller, { token, dryRun: true });
  expect([tried.self?.name, tried.membershipCertificate.length]).toEqual(['a', 0]);
  expect((await new MeshNode('b').join(controller, { token })).self?.name).toBe('b');
});
