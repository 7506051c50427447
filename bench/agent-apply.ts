// 1,000 peers: the agent's run from nothing, with nothing to do, and the removal, against one `ip -batch`.
// Needs root and a kernel with WireGuard and GRE; it works in a network namespace of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressLines } from '../client/apply/address.ts';
import { applyPlan } from '../client/apply/apply-plan.ts';
import { linkLines } from '../client/apply/link.ts';
import { desiredFor } from '../client/desired/desired-for.ts';
import { linkGroup } from '../client/desired/names.ts';
import { hostCommands } from '../client/host/commands.ts';
import { hostFiles } from '../client/host/files.ts';
import { hostSysctls } from '../client/host/sysctls.ts';
import { systemClock } from '../client/host/system-clock.ts';
import type { KernelHost } from '../client/host/ports.ts';
import { factsFrom } from '../client/observe/facts.ts';
import { observe } from '../client/observe/observe.ts';
import { cleanPlan, planFrom } from '../client/plan/plan-from.ts';
import type { Plan } from '../client/plan/step.ts';
import { configFixture, nodeFixture, viewFixture, wireguardKeyFixture } from '../test/fake/view.ts';

const inside = 'MESHOVER_BENCH_NAMESPACE';
const peerCount = 1000;
const view = viewFixture(
  nodeFixture(1),
  Array.from({ length: peerCount }, (_, n) => nodeFixture(n + 2)),
);

const ip = async (lines: readonly string[]): Promise<void> => {
  const result = await hostCommands.run(['ip', '-force', '-batch', '-'], {
    stdin: `${lines.join('\n')}\n`,
  });
  if (result.code !== 0) throw new Error(result.stderr.slice(0, 500));
};

const timed = async <T>(run: () => Promise<T>): Promise<{ ms: number; value: T }> => {
  const since = performance.now();
  const value = await run();
  return { ms: performance.now() - since, value };
};

const line = (name: string, value: number, about: readonly [unit: string, goal: number]): void => {
  const [unit, goal] = about;
  const verdict = value <= goal ? 'ok' : 'short';
  console.log(
    `${name} ${value.toFixed(unit === 'ratio' ? 2 : 0)} ${unit} ${String(goal)} ${verdict}`,
  );
};

/** Links and addresses are what the figure is about; `rest` is what a real first start does after. */
const planNow = async (
  host: KernelHost,
  disabled: readonly ('sysctl' | 'frr')[],
): Promise<Plan> => {
  const observed = await observe(host);
  const config = configFixture({ disabled });
  const facts = factsFrom({
    observed,
    config,
    kernelWireGuard: true,
    frrVersion: undefined,
    templates: {},
  });
  const { desired } = desiredFor({ view, config, facts, wireguardKey: wireguardKeyFixture });
  return planFrom(desired, observed);
};

const applyAll = async (plan: Plan, host: KernelHost): Promise<void> => {
  const outcomes = await applyPlan(plan, host, () => Promise.resolve(new Map()));
  const bad = outcomes.find(({ result }) => result !== 'done');
  if (bad !== undefined) throw new Error(JSON.stringify(bad));
};

const linesOf = (plan: Plan): readonly string[] =>
  plan.flatMap((step) =>
    step.resource === 'link'
      ? linkLines(step)
      : step.resource === 'address'
        ? addressLines(step)
        : [],
  );

const bench = async (host: KernelHost): Promise<void> => {
  await ip(['link add name under0 type veth peer name under1', 'link set under0 up']);
  await ip(['link set under1 up', 'address add 2001:db8::1/64 dev under0 nodad']);
  const onlyLinks = (plan: Plan): Plan =>
    plan.filter(({ resource }) => resource === 'link' || resource === 'address');

  const lines = linesOf(await planNow(host, ['sysctl', 'frr']));
  const bound = await timed(() => ip(lines));
  await ip([`link del group ${String(linkGroup)}`]);

  const first = await timed(async () => {
    await applyAll(onlyLinks(await planNow(host, ['sysctl', 'frr'])), host);
  });
  line('first-start-1000-peers', first.ms / bound.ms, ['ratio', 1.5]);
  console.log(
    `  ${first.ms.toFixed(0)} ms against one ip -batch of ${String(lines.length)} lines: ${bound.ms.toFixed(0)} ms`,
  );

  const rest = await timed(async () => {
    await applyAll(await planNow(host, ['frr']), host);
  });
  console.log(`  sysctls and WireGuard peers after that: ${rest.ms.toFixed(0)} ms`);

  const idle = [await idleRun(host), await idleRun(host), await idleRun(host)].sort(
    (a, b) => a - b,
  );
  line('nothing-to-do-1000-peers', idle[1] ?? 0, ['ms', 150]);
  const reads = await timed(readsAlone);
  console.log(`  against iproute2 and wg alone, one after the other: ${reads.ms.toFixed(0)} ms`);

  const removal = await timed(async () => {
    await applyAll(cleanPlan(await observe(host)), host);
  });
  line('removal-1000-peers', removal.ms, ['ms', 1000]);
  await ip(lines);
  const group = await timed(() => ip([`link del group ${String(linkGroup)}`]));
  console.log(`  of which the kernel's deletion of the group takes ${group.ms.toFixed(0)} ms`);
};

const readsAlone = async (): Promise<void> => {
  const routing = 'rule show\nroute show table main\nroute show table all proto 109\n';
  const ask = (words: readonly string[], stdin: string): Promise<unknown> =>
    hostCommands.run(['ip', '-N', '-j', ...words, '-batch', '-'], { stdin });
  await ask(['-d'], 'link show\naddress show\n');
  await ask(['-4'], routing);
  await ask(['-6'], routing);
  await hostCommands.run(['wg', 'show', 'mo-wg', 'dump']);
};

const idleRun = async (host: KernelHost): Promise<number> => {
  const { ms, value } = await timed(() => planNow(host, ['frr']));
  if (value.length > 0) throw new Error(`there was something to do: ${String(value[0]?.id)}`);
  return ms;
};

const main = async (): Promise<number> => {
  if (process.env[inside] === undefined) {
    const argv = ['--net', process.execPath, ...process.argv.slice(1)];
    const env = { ...process.env, [inside]: '1' };
    return spawnSync('unshare', argv, { stdio: 'inherit', env }).status ?? 1;
  }
  const stateDir = mkdtempSync(join(tmpdir(), 'meshover-bench-'));
  const ports = { commands: hostCommands, files: hostFiles, sysctls: hostSysctls };
  await bench({ ...ports, clock: systemClock, stateDir });
  rmSync(stateDir, { recursive: true });
  return 0;
};

process.exitCode = await main();
