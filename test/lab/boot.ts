// Runs one command in a throw-away system on the chosen kernel; the machine's / is read, never written, except artefacts/.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kernel, projectRoot } from './kernel.ts';
import { qemuCommand } from './qemu.ts';

export interface Boot {
  readonly kernel: Kernel;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeLimitMs: number;
  /** Console output, in pieces as they come. */
  readonly onOutput: (text: string) => void;
  /** Ends the guest early (Ctrl-C). */
  readonly signal?: AbortSignal;
  /** The terminal's own input goes to the command. */
  readonly interactive?: boolean;
}

export interface Booted {
  /** The command's exit status; 124 = time limit, 125 = the guest died without a word. */
  readonly status: number;
  /** What the kernel said, for when it died. */
  readonly kernelLog: string;
}

const init = join(import.meta.dirname, 'guest-init.sh');

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const script = (boot: Boot): string => {
  const prefix = boot.kernel.kind === 'own' ? '' : '/host';
  const environment = { LAB_MACHINE: prefix, LAB_KERNEL: boot.kernel.kind, ...boot.environment };
  return [
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`),
    `cd ${quoted(projectRoot)}`,
    `exec ${boot.command.map(quoted).join(' ')}`,
    '',
  ].join('\n');
};

const umlCommand = (path: string, boot: Boot, run: string): readonly string[] => [
  path,
  `mem=${boot.memoryMb}M`,
  'umid=lab',
  // In the run directory, so that guests side by side do not meet.
  `uml_dir=${run}/`,
  'rootfstype=hostfs',
  'rootflags=/',
  'rw',
  `init=${init}`,
  'con=null',
  'con0=null,fd:2',
  boot.interactive === true ? 'con1=fd:0,fd:1' : 'con1=null,fd:1',
  'ssl=null',
  'loglevel=4',
  'panic=-1',
  `LAB_RUN=${run}`,
];

/** Namespaces that end with their first process, which takes every other process with it. */
const ownCommand = (): readonly string[] => [
  'unshare',
  ...['--mount', '--net', '--pid', '--uts', '--cgroup', '--ipc', '--fork', '--kill-child'],
  ...['--mount-proc', '--propagation', 'private', init],
];

const guestCommand = (boot: Boot, run: string): readonly string[] => {
  switch (boot.kernel.kind) {
    case 'own':
      return ownCommand();
    case 'uml':
      return umlCommand(boot.kernel.path, boot, run);
    case 'qemu':
      return qemuCommand({ kernel: boot.kernel, memoryMb: boot.memoryMb, run, init });
  }
};

/** The guest leads its own process group: UML's helper processes go with it. */
const endGuest = (guest: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void => {
  if (guest.pid === undefined || guest.exitCode !== null) return;
  process.kill(-guest.pid, signal);
};

const supervise = async (guest: ChildProcess, boot: Boot): Promise<'ended' | 'late'> => {
  const state: { how: 'ended' | 'late'; insist?: NodeJS.Timeout } = { how: 'ended' };
  const end = (): void => {
    endGuest(guest, 'SIGTERM');
    state.insist = setTimeout(() => {
      endGuest(guest, 'SIGKILL');
    }, 3000);
  };
  const limit = setTimeout(() => {
    state.how = 'late';
    end();
  }, boot.timeLimitMs);
  boot.signal?.addEventListener('abort', end, { once: true });
  await new Promise<unknown>((resolve, reject) => {
    guest.once('close', resolve);
    guest.once('error', reject);
  });
  clearTimeout(limit);
  clearTimeout(state.insist);
  boot.signal?.removeEventListener('abort', end);
  return state.how;
};

export const bootAndRun = async (boot: Boot): Promise<Booted> => {
  const run = mkdtempSync(join(tmpdir(), 'meshover-lab.'));
  try {
    writeFileSync(join(run, 'cmd'), script(boot));
    const [program, ...words] = guestCommand(boot, run);
    const guest = spawn(program ?? '', words, {
      detached: true,
      stdio: [boot.interactive === true ? 'inherit' : 'ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        LAB_RUN: run,
        LAB_STAGE: boot.kernel.kind === 'own' ? 'own' : 'overlay',
      },
    });
    let kernelLog = '';
    guest.stdout.setEncoding('utf8').on('data', boot.onOutput);
    guest.stderr.setEncoding('utf8').on('data', (text: string) => {
      kernelLog += text;
    });
    const how = await supervise(guest, boot);
    const status = join(run, 'rc');
    if (existsSync(status)) return { status: Number(readFileSync(status, 'utf8')), kernelLog };
    return { status: how === 'late' ? 124 : 125, kernelLog };
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
};
