// Runs the kernel stories on the real kernel, in a network namespace of its own: needs root.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostCommands } from '../../client/host/commands.ts';
import { hostFiles } from '../../client/host/files.ts';
import { hostSysctls } from '../../client/host/sysctls.ts';
import { systemClock } from '../../client/host/system-clock.ts';
import type { KernelHost } from '../../client/host/ports.ts';
import { kernelStories } from './kernel.ts';
import { routingStories, type RoutingKernel } from './kernel-routing.ts';

const inside = 'MESHOVER_KERNEL_STORIES';

const runInNamespace = (): number => {
  const argv = ['--net', process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, [inside]: '1' };
  return spawnSync('unshare', argv, { stdio: 'inherit', env }).status ?? 1;
};

const kernelUnderTest = (host: KernelHost): RoutingKernel => {
  const must = async (argv: readonly string[], stdin = ''): Promise<void> => {
    const result = await host.commands.run(argv, { stdin });
    if (result.code !== 0) throw new Error(`${argv.join(' ')}: ${result.stderr}\n${stdin}`);
  };
  return {
    host,
    leavesBy: async (family, packet) => {
      const argv = ['ip', `-${String(family)}`, '-j', 'route', 'get', ...packet.split(' ')];
      const { code, stdout, stderr } = await host.commands.run(argv);
      if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
      const [route] = JSON.parse(stdout) as readonly { readonly dev: string }[];
      return route?.dev ?? '';
    },
    ip: (family, ...lines) =>
      must(['ip', `-${String(family)}`, '-batch', '-'], `${lines.join('\n')}\n`),
    wg: (...words) => must(['wg', 'set', 'mo-wg', ...words]),
    nft: (line) => must(['nft', '-f', '-'], `${line}\n`),
  };
};

const runStories = async (): Promise<number> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'meshover-kernel-'));
  const host = {
    commands: hostCommands,
    files: hostFiles,
    sysctls: hostSysctls,
    clock: systemClock,
  };
  const kernel = kernelUnderTest({ ...host, stateDir });
  await kernel.ip(
    6,
    ...['link set dev lo up', 'link add name under0 type veth peer name under1'],
    ...['link set dev under0 up', 'link set dev under1 up'],
    'address add 2001:db8::1/64 dev under0 nodad',
  );
  let failed = 0;
  const stories = [...kernelStories, ...routingStories];
  for (const { name, run } of stories) {
    const since = performance.now();
    try {
      await run(kernel);
      console.log(`${name} ${(performance.now() - since).toFixed(0)} ms ok`);
    } catch (error) {
      failed++;
      console.log(`${name} - broken\n`, error);
    }
  }
  rmSync(stateDir, { recursive: true });
  console.log(`${String(stories.length - failed)} passed, ${String(failed)} failed`);
  return failed === 0 ? 0 : 1;
};

process.exitCode = process.env[inside] === undefined ? runInNamespace() : await runStories();
