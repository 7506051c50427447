// 1,000 peers: the agent's run from nothing, with nothing to do, and the removal, against one `ip -batch`.
// Needs root; it works in a network namespace of its own. Where the kernel lacks GRE, links are VXLAN; where
// it lacks WireGuard or dummies, those (two of 1,002 interfaces) are left out. It says which.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressLines } from '../client/apply/address.ts';
import { applyPlan } from '../client/apply/apply-plan.ts';
import { linkLines } from '../client/apply/link.ts';
import { desiredFor } from '../client/desired/desired-for.ts';
import { linkGroup, nodeInterface } from '../client/desired/names.ts';
import { hostCommands } from '../client/host/commands.ts';
import { hostFiles } from '../client/host/files.ts';
import { hostSysctls } from '../client/host/sysctls.ts';
import { systemClock } from '../client/host/system-clock.ts';
import type { KernelHost } from '../client/host/ports.ts';
import { factsFrom } from '../client/observe/facts.ts';
import { observe } from '../client/observe/observe.ts';
import { cleanPlan, planFrom } from '../client/plan/plan-from.ts';
import type { Plan } from '../client/plan/step.ts';
import type { View } from '../shared/mesh/view.ts';
import { configFixture, nodeFixture, viewFixture, wireguardKeyFixture } from '../test/fake/view.ts';

const inside = 'MESHOVER_BENCH_NAMESPACE';
const peerCount = 1000;
const optionalKinds = ['ip6gre', 'wireguard', 'dummy'] as const;
type Kind = (typeof optionalKinds)[number];

interface Bench {
  readonly host: KernelHost;
  readonly kinds: readonly Kind[];
  readonly view: View;
}

const viewOn = (kinds: readonly Kind[]): View => {
  const linkDriver = kinds.includes('ip6gre') ? 'ip6gre' : 'vxlan';
  return viewFixture(
    nodeFixture(1),
    Array.from({ length: peerCount }, (_, n) => nodeFixture(n + 2, { linkDriver })),
  );
};

const kindsHere = async (): Promise<readonly Kind[]> => {
  const kinds: Kind[] = [];
  for (const kind of optionalKinds) {
    // Without ends of its own an ip6gre device is the kernel's fallback one, which exists already.
    const ends = kind === 'ip6gre' ? ['local', '::1', 'remote', '::2'] : [];
    const argv = ['ip', 'link', 'add', 'name', 'probe0', 'type', kind, ...ends];
    if ((await hostCommands.run(argv)).code !== 0) continue;
    await hostCommands.run(['ip', 'link', 'del', 'dev', 'probe0']);
    kinds.push(kind);
  }
  return kinds;
};

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

/** `sysctl` is what a first start does besides the links and addresses that the figure is about. */
const planNow = async ({ host, kinds, view }: Bench, sysctl: 'sysctl' | 'none'): Promise<Plan> => {
  const observed = await observe(host);
  const config = configFixture({
    disabled: [
      'frr',
      ...(sysctl === 'none' ? (['sysctl'] as const) : []),
      ...(kinds.includes('wireguard') ? [] : (['wireguard'] as const)),
    ],
  });
  const facts = factsFrom({
    observed,
    config,
    kernelWireGuard: true,
    frr: undefined,
    templates: {},
  });
  const { desired } = desiredFor({ view, config, facts, wireguardKey: wireguardKeyFixture });
  const dummy = kinds.includes('dummy') ? '' : nodeInterface;
  const links = desired.links.filter(({ name }) => name !== dummy);
  const addresses = desired.addresses.filter((address) => address.interface !== dummy);
  return planFrom({ ...desired, links, addresses }, observed);
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

const bench = async (given: Bench): Promise<void> => {
  const { host, kinds } = given;
  console.log(`  the kernel has ${kinds.join(', ') || 'none of GRE, WireGuard and dummies'}`);
  await ip(['link add name under0 type veth peer name under1', 'link set under0 up']);
  await ip(['link set under1 up', 'address add 2001:db8::1/64 dev under0 nodad']);
  const onlyLinks = (plan: Plan): Plan =>
    plan.filter(({ resource }) => resource === 'link' || resource === 'address');

  const lines = linesOf(await planNow(given, 'none'));
  const bound = await timed(() => ip(lines));
  await ip([`link del group ${String(linkGroup)}`]);

  const first = await timed(async () => {
    await applyAll(onlyLinks(await planNow(given, 'none')), host);
  });
  line('first-start-1000-peers', first.ms / bound.ms, ['ratio', 1.5]);
  console.log(
    `  ${first.ms.toFixed(0)} ms against one ip -batch of ${String(lines.length)} lines: ${bound.ms.toFixed(0)} ms`,
  );

  const rest = await timed(async () => {
    await applyAll(await planNow(given, 'sysctl'), host);
  });
  console.log(`  sysctls and WireGuard peers after that: ${rest.ms.toFixed(0)} ms`);

  const idle: number[] = [];
  for (let run = 0; run < 9; run++) idle.push(await idleRun(given));
  idle.sort((a, b) => a - b);
  line('nothing-to-do-1000-peers', idle[4] ?? 0, ['ms', 150]);
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

const idleRun = async (given: Bench): Promise<number> => {
  const { ms, value } = await timed(() => planNow(given, 'sysctl'));
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
  const kinds = await kindsHere();
  const host = { ...ports, clock: systemClock, stateDir };
  await bench({ host, kinds, view: viewOn(kinds) });
  rmSync(stateDir, { recursive: true });
  return 0;
};

process.exitCode = await main();
