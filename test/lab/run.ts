// Runs scenarios: one guest per topology, one at a time, because times are measured in them; every claim is a line; the last line counts.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Booted, bootAndRun } from './boot.ts';
import { chooseKernel, describeKernel, type Kernel, projectRoot } from './kernel.ts';
import { loadScenario, scenarioNames } from './load-scenario.ts';

interface Group {
  readonly topology: string;
  readonly names: readonly string[];
  readonly nodes: number;
  readonly minutes: number;
}

const groupsOf = async (names: readonly string[]): Promise<readonly Group[]> => {
  const groups = new Map<string, Group>();
  for (const name of names) {
    const { topology, minutes = 5 } = await loadScenario(name);
    const known = groups.get(topology.name);
    groups.set(topology.name, {
      topology: topology.name,
      names: [...(known?.names ?? []), name],
      nodes: topology.nodes.length,
      minutes: (known?.minutes ?? 0) + minutes,
    });
  }
  return [...groups.values()];
};

/** Ctrl-C ends the guests, which would outlive their starter. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    interrupted.abort();
  });

const wordsOf = (status: number): string =>
  status === 124 ? 'not finished in time' : `the guest ended with status ${status}`;

const runGroup = async (kernel: Kernel, group: Group): Promise<readonly string[]> => {
  const passed = new Set<string>();
  let rest = '';
  const onOutput = (text: string): void => {
    const lines = (rest + text).replaceAll('\r', '').split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const end = /^== (\S+) passed$/.exec(line)?.[1];
      if (end !== undefined) passed.add(end);
      process.stdout.write(`${line}\n`);
    }
  };
  const inside = join(import.meta.dirname, 'inside.ts');
  const booted: Booted = await bootAndRun({
    kernel,
    command: [process.execPath, inside, ...group.names],
    memoryMb: 1500 + 900 * group.nodes,
    timeLimitMs: (4 + group.minutes) * 60_000 * (kernel.kind === 'qemu' ? 2 : 1),
    onOutput,
    signal: interrupted.signal,
  });
  const failed = group.names.filter((name) => !passed.has(name));
  if (booted.status > 1) {
    process.stdout.write(`${rest}\n${booted.kernelLog.slice(-2000)}\n`);
    for (const name of failed)
      process.stdout.write(`${name}: reaches its end  ${wordsOf(booted.status)}  broken\n`);
  }
  return failed;
};

const runAll = async (kernel: Kernel, groups: readonly Group[]): Promise<readonly string[]> => {
  const failed: string[] = [];
  for (const group of groups) {
    if (interrupted.signal.aborted) break;
    failed.push(...(await runGroup(kernel, group)));
  }
  return failed.sort();
};

const main = async (asked: readonly string[]): Promise<number> => {
  const names = asked.length === 0 ? scenarioNames() : asked;
  const kernel = chooseKernel();
  process.stdout.write(`lab: ${names.length} scenarios on ${describeKernel(kernel)}\n`);
  for (const name of names)
    rmSync(join(projectRoot, 'artefacts', name), { recursive: true, force: true });
  const failed = await runAll(kernel, await groupsOf(names));
  if (failed.length > 0) process.stdout.write(`failed: ${failed.join(' ')}\n`);
  process.stdout.write(`${names.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
};

process.exitCode = await main(process.argv.slice(2));
