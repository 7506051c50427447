// The agent's ways to start, against a scripted controller and a fake kernel.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { linkName } from '../../../client/desired/names.ts';
import { cleanHost } from '../../../client/modes/clean.ts';
import { convergeOnce } from '../../../client/modes/once.ts';
import { printAgentPlan } from '../../../client/modes/plan.ts';
import { runAgent } from '../../../client/modes/run.ts';
import { nodeFixture } from '../../fake/view.ts';
import { until } from '../uplink/setup.ts';
import { controllerWith, endStages, nodeParts, stageWith } from './stage.ts';

afterEach(endStages);

describe('-once', () => {
  it('makes the host what it should be, and then has nothing to do', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    expect(await convergeOnce(await nodeParts(stage))).toBe(0);
    const { writes } = stage.kernel.state;
    expect(await convergeOnce(await nodeParts(stage))).toBe(0);
    expect(stage.kernel.state.writes).toBe(writes);
  });

  it('goes by the saved view when no controller answers, and says so', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    await convergeOnce(await nodeParts(stage));
    controller.stop();
    const right = stage.kernel.state.print();
    await stage.kernel.ip(6, 'link del mo-node');
    expect(await convergeOnce(await nodeParts(stage))).toBe(0);
    expect(stage.kernel.state.print()).toBe(right);
    expect(stage.lines.join('\n')).toContain('going by the view of an earlier run');
  });

  it('fails with the reason when the node knows no mesh and is refused', async () => {
    const controller = await controllerWith();
    controller.refusal = { code: 'forbidden', detail: 'ask an operator' };
    const stage = stageWith([controller.address]);
    const before = stage.kernel.state.print();
    expect(await convergeOnce(await nodeParts(stage))).toBe(1);
    expect(stage.lines.at(-1)).toContain('ask an operator');
    expect(stage.kernel.state.print()).toBe(before);
  });
});

describe('-plan', () => {
  it('on a fresh host asks the controller and leaves no trace', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    const before = stage.kernel.state.print();
    expect(await printAgentPlan(stage.parts)).toBe(0);
    expect(stage.printed.join('')).toContain('+ link mo-wg');
    expect(stage.printed.join('')).toContain('no link to node2 yet');
    expect(stage.kernel.state.print()).toBe(before);
    expect([...stage.kernel.files.keys()]).toEqual([]);
    expect(controller.joins.map(({ dryRun }) => dryRun)).toEqual([true]);
  });

  it('says what to do when it can ask nobody', async () => {
    const stage = stageWith([]);
    expect(await printAgentPlan(stage.parts)).toBe(1);
    expect(stage.lines[0]).toContain('-controlserver HOST:12384');
  });
});

describe('-clean', () => {
  it('removes all of ours and nothing else, without a controller, and keeps the keys', async () => {
    const controller = await controllerWith(nodeFixture(2), nodeFixture(3));
    const stage = stageWith([controller.address]);
    const before = stage.kernel.state.print();
    await convergeOnce(await nodeParts(stage));
    controller.stop();
    expect(await cleanHost(stage.parts)).toBe(0);
    expect(stage.kernel.state.print()).toBe(before);
    expect([...stage.kernel.files.keys()]).toContain('/state/identity/keys');
    expect(await cleanHost(stage.parts)).toBe(0);
    expect(stage.lines.join('\n')).toContain('nothing of ours was on this host');
  });
});

describe('the agent', () => {
  it('follows the mesh, reports, and leaves the data plane when it is told to stop', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    const told = vi.fn<(reason: string) => void>();
    const stopping = new Promise<string>((resolve) => told.mockImplementation(resolve));
    const ending = runAgent(await nodeParts(stage), stopping);
    const appliedReports = (): number =>
      controller.reports.filter(
        ({ status }) => status?.applied !== undefined && status.links.length > 0,
      ).length;
    await until(() => appliedReports() > 0);
    const running = stage.kernel.state.print();
    expect(running).toContain(linkName(nodeFixture(2).name));
    told('SIGTERM');
    expect(await ending).toBe(0);
    expect(stage.kernel.state.print()).toBe(running);
  });
});
