// What the tests of the agent's modes share: a fake kernel with an agent on it, a scripted controller.
import { systemClock } from '../../../client/host/system-clock.ts';
import { nodePartsFor } from '../../../client/modes/node-parts.ts';
import type { AgentParts, NodeParts } from '../../../client/modes/parts.ts';
import type { Log } from '../../../shared/log/log.ts';
import { ScriptedController } from '../../fake/controller.ts';
import { fakeKernel, type FakeKernel } from '../../fake/kernel.ts';
import { configFixture, nodeFixture, wireguardKeyFixture } from '../../fake/view.ts';
import { chunk } from '../uplink/setup.ts';

export const self = nodeFixture(1);
const stops: (() => void)[] = [];

/** For afterEach. */
export const endStages = (): void => {
  for (const stop of stops.splice(0)) stop();
};

export interface Stage {
  readonly kernel: FakeKernel;
  readonly parts: AgentParts;
  readonly printed: string[];
  readonly lines: string[];
}

export const stageWith = (servers: readonly string[], kernel = fakeKernel()): Stage => {
  const printed: string[] = [];
  const lines: string[] = [];
  const take = (message: string, fields: object = {}): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  const log: Log = { debug: () => undefined, info: take, warn: take, error: take };
  const clock = {
    now: () => systemClock.now(),
    after: (delayMs: number, run: () => void) => systemClock.after(delayMs / 50, run),
  };
  const parts: AgentParts = {
    config: configFixture({ controlServers: servers, stateDir: '/state', frr: 'none' }),
    log,
    host: { ...kernel.host, clock },
    frr: undefined,
    random: () => 0.5,
    monotonicMs: () => performance.now(),
    print: (text) => printed.push(text),
  };
  return { kernel, parts, printed, lines };
};

export const nodeParts = async ({ parts }: Stage): Promise<NodeParts> => {
  const node = await nodePartsFor(parts);
  if (!node.ok) throw new Error(node.reason);
  return { ...node.value, identity: { ...node.value.identity, wireguardKey: wireguardKeyFixture } };
};

export const controllerWith = async (
  ...peers: Parameters<typeof chunk>[0]
): Promise<ScriptedController> => {
  const controller = await ScriptedController.start(self);
  controller.first = [chunk([self, ...peers])];
  stops.push(() => {
    controller.stop();
  });
  return controller;
};
