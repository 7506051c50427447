// A register that was lost, cut short or restored: it is noticed, said, and numbers never go back.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { newStateDir, startController, type Controller } from './controller.ts';
import { MeshNode } from './node.ts';

const running: Controller[] = [];
const nodes: MeshNode[] = [];

afterEach(async () => {
  for (const node of nodes.splice(0)) node.leave();
  for (const controller of running.splice(0)) await controller.stop();
});

const start = async (stateDir: string, argv: readonly string[] = []): Promise<Controller> => {
  const controller = await startController(stateDir, ['-open', ...argv]);
  running.push(controller);
  return controller;
};

const stop = async (): Promise<void> => {
  for (const controller of running.splice(0)) await controller.stop();
};

const newNode = (name: string): MeshNode => {
  const node = new MeshNode(name);
  nodes.push(node);
  return node;
};

const copyOf = (stateDir: string): string => {
  const copy = join(newStateDir(), 'copy');
  cpSync(stateDir, copy, { recursive: true });
  return copy;
};

/** Over the file that is there, as `cp` does: it stays the same file. */
const overwrite = (from: string, to: string, names: readonly string[]): void => {
  for (const name of names) writeFileSync(join(to, name), readFileSync(join(from, name)));
};

/** Where a new node stands after it joined and watched. */
const revisionAt = async (controller: Controller, node = newNode('looker')) => {
  await node.join(controller);
  await node.watch(controller);
  await node.until(() => node.revision !== undefined && node.events.length > 0);
  return node.revision!;
};

const warned = ({ lines }: Controller, words: string): boolean =>
  lines.some((line) => line.includes('warn') && line.includes(words));

test('a restart is no restore', async () => {
  const stateDir = newStateDir();
  await newNode('a').join(await start(stateDir));
  await stop();
  const again = await start(stateDir);
  expect((await revisionAt(again)).epoch).toBe(1n);
  expect(warned(again, 'a new epoch begins')).toBe(false);
});

test('no register beside the keys: refused, nothing is made; -newregister begins anew', async () => {
  const stateDir = newStateDir();
  await newNode('a').join(await start(stateDir));
  await stop();
  rmSync(join(stateDir, 'register.db'));
  await expect(startController(stateDir)).rejects.toThrow(
    /register\.db is missing .* -newregister/,
  );
  expect(existsSync(join(stateDir, 'register.db'))).toBe(false);
  const anew = await start(stateDir, ['-newregister']);
  expect((await revisionAt(anew)).number).toBe(1n);
  await stop();
  await expect(startController(stateDir, ['-newregister'])).rejects.toThrow(/there is a register/);
});

test('a copy of the directory begins a new epoch; nodes get a snapshot and stay', async () => {
  const stateDir = newStateDir();
  const a = newNode('a');
  expect((await revisionAt(await start(stateDir), a)).epoch).toBe(1n);
  a.leave();
  await stop();
  const controller = await start(copyOf(stateDir));
  expect(warned(controller, 'its file is a copy')).toBe(true);
  await a.watch(controller);
  await a.until(() => a.events.length > 0);
  expect({ epoch: a.revision?.epoch, snapshot: a.events[0]?.snapshot?.last }).toEqual({
    epoch: 2n,
    snapshot: true,
  });
});

test('an older file put in the place of the newer one is noticed by its mark', async () => {
  const stateDir = newStateDir();
  await newNode('a').join(await start(stateDir));
  await stop();
  const backup = copyOf(stateDir);
  await newNode('b').join(await start(stateDir));
  await stop();
  overwrite(backup, stateDir, ['register.db']);
  const controller = await start(stateDir);
  expect(warned(controller, 'it went back from')).toBe(true);
  expect((await revisionAt(controller)).epoch).toBe(2n);
});

test('what no file shows a node shows: it holds more than the register knows', async () => {
  const stateDir = newStateDir();
  const [a, b] = [newNode('a'), newNode('b')];
  await revisionAt(await start(stateDir), a);
  a.leave();
  await stop();
  const backup = copyOf(stateDir);
  const before = await start(stateDir);
  await newNode('lost').join(before);
  const held = await revisionAt(before, b);
  b.leave();
  await stop();
  overwrite(backup, stateDir, ['register.db', 'register.db.mark']);
  const controller = await start(stateDir);
  expect(warned(controller, 'a new epoch begins')).toBe(false);
  await a.watch(controller);
  await a.until(() => a.events.length > 0);
  expect(a.revision?.epoch).toBe(1n);
  await b.join(controller);
  b.revision = held;
  await b.watch(controller);
  await b.until(() => b.revision?.epoch === 2n);
  await a.until(() => a.revision?.epoch === 2n);
  expect(warned(controller, 'a node holds a later revision')).toBe(true);
});

test('-restored begins a new epoch where nothing else shows it', async () => {
  const stateDir = newStateDir();
  await newNode('a').join(await start(stateDir));
  await stop();
  expect((await revisionAt(await start(stateDir, ['-restored']))).epoch).toBe(2n);
});
