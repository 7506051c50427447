// Programs of the host, run by argument vector.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { CommandOptions, CommandResult, Commands } from './ports.ts';

const defaultTimeoutMs = 60_000;

/** Debian's packages of the programs that the agent calls. */
const packageOf: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  nft: 'nftables',
  wg: 'wireguard-tools',
  'wireguard-go': 'wireguard-go',
  modprobe: 'kmod',
};

/** sbin is missing from the PATH of many shells; a translated message could not be matched. */
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  LC_ALL: 'C',
  PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin`,
};

export const hostCommands: Commands = {
  run: runCommand,
  startDetached,
  follow: followCommand,
};

function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = start(argv, 'pipe');
    const output = collect(child);
    const limit = options.timeoutMs ?? defaultTimeoutMs;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, limit);
    child.on('error', (fault: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({
        code: fault.code === 'ENOENT' ? 127 : 126,
        stdout: '',
        stderr: faultText(argv, fault),
      });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const ended = output();
      if (timedOut) resolve({ code: 124, stdout: ended.stdout, stderr: timeoutText(argv, limit) });
      else
        resolve({
          code: code ?? 1,
          stdout: ended.stdout,
          stderr: ended.stderr + signalText(argv, signal),
        });
    });
    // The program may end without reading all of its input; its status tells what came of it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.stdin ?? '');
  });
}

async function startDetached(argv: readonly string[], logPath: string): Promise<void> {
  await mkdir(dirname(logPath), { recursive: true, mode: 0o700 });
  const log = await open(logPath, 'a', 0o600);
  try {
    await new Promise<void>((resolve, reject) => {
      const [program = '', ...rest] = argv;
      const child = spawn(program, rest, {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: environment,
      });
      child.on('error', (fault: NodeJS.ErrnoException) => {
        reject(new Error(faultText(argv, fault), { cause: fault }));
      });
      child.on('spawn', resolve);
      child.unref();
    });
  } finally {
    await log.close();
  }
}

function followCommand(
  argv: readonly string[],
  onLine: (line: string) => void,
  onEnd: () => void,
): () => void {
  const child = start(argv, 'ignore');
  let live = true;
  const end = (): void => {
    if (!live) return;
    live = false;
    onEnd();
  };
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (live) onLine(line);
    });
  }
  child.on('error', end);
  child.on('close', end);
  return () => {
    live = false;
    child.kill('SIGTERM');
  };
}

const start = (argv: readonly string[], stdin: 'pipe' | 'ignore'): ChildProcess => {
  const [program = '', ...rest] = argv;
  const errors = stdin === 'pipe' ? 'pipe' : 'ignore';
  return spawn(program, rest, { stdio: [stdin, 'pipe', errors], env: environment });
};

const collect = (child: ChildProcess): (() => { stdout: string; stderr: string }) => {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  return () => ({
    stdout: Buffer.concat(out).toString('utf8'),
    stderr: Buffer.concat(err).toString('utf8'),
  });
};

const faultText = (argv: readonly string[], fault: NodeJS.ErrnoException): string => {
  const program = argv[0] ?? '';
  if (fault.code !== 'ENOENT') return `${program} cannot be started: ${fault.message}`;
  const debian = packageOf[program];
  const remedy = debian === undefined ? 'install it' : `install it: apt-get install ${debian}`;
  return `the program "${program}" is not on this host; ${remedy}`;
};

const timeoutText = (argv: readonly string[], limitMs: number): string =>
  `${argv[0] ?? ''} did not end within ${limitMs} ms and was killed`;

const signalText = (argv: readonly string[], signal: NodeJS.Signals | null): string =>
  signal === null ? '' : `${argv[0] ?? ''} was ended by ${signal}`;
