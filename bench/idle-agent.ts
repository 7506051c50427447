// An agent with 100 peers and nothing to do: its share of a core and its memory, over a minute.
// Needs root; it works in namespaces of its own. Peers are joined at a real controller and never answer. Where
// the kernel lacks GRE, links are VXLAN; where it lacks WireGuard, that is wireguard-go, which is not counted.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runServer, type Running } from '../test/bad-input/programs.ts';
import { MeshNode } from '../test/mesh/node.ts';

const inside = 'MESHOVER_BENCH_NAMESPACE';
const peerCount = 100;
const seconds = 60;
const ticksPerSecond = 100;
const metricsAddress = '127.0.0.1:9200';
const root = join(import.meta.dirname, '..');
const executable = join(root, 'dist/client');

/** What operators run, where it has been built; the sources cost more memory. */
const program = existsSync(executable)
  ? [executable]
  : [process.execPath, join(root, 'client/cli.ts')];

const must = (...[command, ...argv]: readonly [string, ...string[]]): string => {
  const { status, stdout, stderr } = spawnSync(command, argv, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${argv.join(' ')}: ${stderr}`);
  return stdout;
};

/** Without ends of its own an ip6gre device is the kernel's fallback one, which exists already. */
const kinds = {
  ip6gre: ['ip6gre', 'local', '::1', 'remote', '::2'],
  wireguard: ['wireguard'],
  dummy: ['dummy'],
} as const;

const kernelHas = (kind: keyof typeof kinds): boolean => {
  const probe = ['link', 'add', 'name', 'probe0', 'type', ...kinds[kind]];
  if (spawnSync('ip', probe).status !== 0) return false;
  must('ip', 'link', 'del', 'dev', 'probe0');
  return true;
};

const layUnderlay = (): void => {
  must('ip', 'link', 'set', 'lo', 'up');
  must('ip', 'link', 'add', 'name', 'under0', 'type', 'veth', 'peer', 'name', 'under1');
  must('ip', 'link', 'set', 'under0', 'up');
  must('ip', 'link', 'set', 'under1', 'up');
  must('ip', 'address', 'add', '2001:db8::1/64', 'dev', 'under0', 'nodad');
};

const joinPeers = async (server: Running, stateDir: string): Promise<void> => {
  const authority = readFileSync(join(stateDir, 'authority.pem'), 'utf8');
  const nodes = Array.from({ length: peerCount }, (_, i) => new MeshNode(`peer-${String(i)}`));
  for (const [i, node] of nodes.entries()) {
    const endpoints = [`[2001:db8::${(i + 16).toString(16)}]:12385`];
    await node.join({ address: server.address, authority }, { endpoints });
  }
};

const startAgent = (argv: readonly string[]): ChildProcess =>
  spawn(program[0] ?? '', [...program.slice(1), ...argv], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });

const metric = async (name: string): Promise<number> => {
  const answer = await fetch(`http://${metricsAddress}/metrics`).catch(() => undefined);
  const text = (await answer?.text()) ?? '';
  return Number(new RegExp(`^\\S*${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
};

/** All links are there and two turns have passed that had nothing to do. */
const settled = async (agent: ChildProcess): Promise<void> => {
  let turnsWhenWhole: number | undefined;
  while (agent.exitCode === null) {
    await pause(1000);
    const links = must('ip', '-o', 'link', 'show', 'group', '28015').split('\n').length - 1;
    const turns = await metric('_turns');
    if (links > peerCount) turnsWhenWhole ??= turns;
    if (turnsWhenWhole !== undefined && turns >= turnsWhenWhole + 2) return;
  }
  throw new Error('the agent ended before its links were there: see its words above');
};

/** Own and that of children that have ended: iproute2 and wg. */
const cpuSeconds = (pid: number): { readonly own: number; readonly children: number } => {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return {
    own: (user + system) / ticksPerSecond,
    children: (childUser + childSystem) / ticksPerSecond,
  };
};

/** `part`: VmRSS for all, RssAnon for its own, RssFile for pages of files, which processes share. */
const residentMiB = (pid: number, part: 'VmRSS' | 'RssAnon' | 'RssFile'): number => {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(new RegExp(`^${part}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
};

const residentParts = (pid: number): string =>
  `${residentMiB(pid, 'RssAnon').toFixed(0)} MiB of its own and ` +
  `${residentMiB(pid, 'RssFile').toFixed(0)} MiB of the executable's pages`;

const line = (name: string, value: number, about: readonly [unit: string, goal: number]): void => {
  const [unit, goal] = about;
  console.log(
    `${name} ${value.toFixed(2)} ${unit} ${String(goal)} ${value < goal ? 'ok' : 'short'}`,
  );
};

const measure = async (pid: number): Promise<void> => {
  const [before, turnsBefore] = [cpuSeconds(pid), await metric('_turns')];
  await pause(seconds * 1000);
  const [after, turns] = [cpuSeconds(pid), (await metric('_turns')) - turnsBefore];
  const own = after.own - before.own;
  const children = after.children - before.children;
  line('idle-agent-100-peers-cpu', (100 * (own + children)) / seconds, ['percent', 1]);
  console.log(
    `  over ${String(seconds)} s and ${String(turns)} turns: ${own.toFixed(2)} s of its own, ` +
      `${children.toFixed(2)} s of iproute2 and wg; failed steps: ${String(await metric('failed_steps'))}`,
  );
  line('idle-agent-100-peers-memory', residentMiB(pid, 'VmRSS'), ['MiB', 90]);
  console.log(`  that is ${residentParts(pid)}`);
};

const bareNode = async (): Promise<string> => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await pause(1000);
  const resident = residentParts(child.pid ?? 0);
  child.kill();
  return resident;
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });

const observeAgent = async (server: Running, place: string, link: string): Promise<void> => {
  const common = ['-statedir', join(place, 'agent'), '-frr', 'none', '-loglevel', 'warn'];
  const agent = startAgent([
    ...['-controlserver', server.address, '-hostname', 'agent', '-metrics', metricsAddress],
    ...['-link', link, ...common],
  ]);
  const gone = ended(agent);
  try {
    await settled(agent);
    await measure(agent.pid ?? 0);
    console.log(`  against a bare Node.js: ${await bareNode()}`);
  } finally {
    agent.kill('SIGTERM');
    await gone;
    await ended(startAgent([...common, '-clean']));
  }
};

const bench = async (place: string): Promise<void> => {
  const has = (['ip6gre', 'wireguard', 'dummy'] as const).filter(kernelHas);
  console.log(
    `  ${program.join(' ')}; the kernel has ${has.join(', ') || 'none of GRE, WireGuard and dummies'}`,
  );
  layUnderlay();
  const stateDir = join(place, 'server');
  const server = await runServer(['-open', '-listen', '[::1]:0', '-statedir', stateDir]);
  try {
    await joinPeers(server, stateDir);
    await observeAgent(server, place, has.includes('ip6gre') ? 'ip6gre' : 'vxlan');
  } finally {
    await server.stop();
  }
};

const main = async (): Promise<number> => {
  if (process.env[inside] === undefined) {
    const argv = ['--net', '--mount', process.execPath, ...process.argv.slice(1)];
    const env = { ...process.env, [inside]: '1' };
    return spawnSync('unshare', argv, { stdio: 'inherit', env }).status ?? 1;
  }
  // wireguard-go's sockets know no network namespaces.
  must('mount', '-t', 'tmpfs', 'none', '/run');
  const place = mkdtempSync(join(tmpdir(), 'meshover-bench-'));
  await bench(place);
  rmSync(place, { recursive: true });
  return 0;
};

process.exitCode = await main();
