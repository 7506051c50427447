// One host of the lab: network, mount and UTS namespaces of its own, with its own /run and /var/lib.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { labRoot } from './places.ts';

export interface Ran {
  /** 124 = did not end in time, 127 = could not be started. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

export interface Running {
  readonly name: string;
  /** The program's own (nsenter execs it). */
  readonly pid: number;
  /** The file that gets all its output. */
  readonly log: string;
  readonly output: () => string;
  readonly isRunning: () => boolean;
  /** The exit status, 128 for the end by a signal. */
  readonly ended: Promise<number>;
  /** Sends the signal and waits; after 20 s it insists with SIGKILL. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number>;
}

export interface Host {
  readonly name: string;
  /** Its /run and /var/lib, as seen from outside. */
  readonly runDirectory: string;
  readonly libDirectory: string;
  /** Put before an argument vector, this runs it in the host. */
  readonly enter: readonly string[];
  /** Never rejects for an exit status. */
  readonly run: (argv: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** As run, but a status other than 0 is a fault; gives stdout. */
  readonly must: (argv: readonly string[], options?: RunOptions) => Promise<string>;
  /** A bash script: one entry where five would be slow. */
  readonly shell: (script: string) => Promise<Ran>;
  /** A program that stays; its log is an artefact. */
  readonly start: (name: string, argv: readonly string[]) => Running;
}

const logDirectory = join(labRoot, 'logs');

export const runInLab = (argv: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const [program = '', ...words] = argv;
    const timeout = options.timeoutMs ?? 60_000;
    const child = spawn(program, words, { timeout, killSignal: 'SIGKILL' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
    child.once('error', ({ message }) => {
      resolve({ status: 127, stdout: '', stderr: message });
    });
    child.once('close', (status) => {
      resolve({ status: status ?? 124, stdout, stderr });
    });
    // A program that ends without reading its input is told by its exit status.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });

const mustOf = (what: string, ran: Ran): string => {
  if (ran.status === 0) return ran.stdout;
  throw new Error(`${what}: status ${ran.status}: ${(ran.stderr + ran.stdout).trim()}`);
};

/** A bash script in the lab itself (where the underlay's bridge is), not in a host. */
export const scriptInLab = async (script: string): Promise<string> =>
  mustOf(
    'lab script',
    await runInLab(['bash', '-eu', '-s'], { stdin: script, timeoutMs: 120_000 }),
  );

const stopOf = async (
  child: ChildProcess,
  ended: Promise<number>,
  signal: NodeJS.Signals,
): Promise<number> => {
  child.kill(signal);
  const insist = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const status = await ended;
  clearTimeout(insist);
  return status;
};

export const startInLab = (name: string, argv: readonly string[]): Running => {
  mkdirSync(logDirectory, { recursive: true });
  const log = join(logDirectory, `${name}.log`);
  const output = openSync(log, 'a');
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => {
      resolve(127);
    });
    child.once('exit', (status) => {
      resolve(status ?? 128);
    });
  });
  return {
    name,
    pid: child.pid ?? 0,
    log,
    output: () => readFileSync(log, 'utf8'),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    ended,
    stop: (signal = 'SIGTERM') => stopOf(child, ended, signal),
  };
};

/** The host that the topology's script made under this name. */
export const hostNamed = (name: string): Host => {
  const enter = [
    'nsenter',
    `--net=/run/netns/${name}`,
    `--mount=${labRoot}/ns/${name}.mnt`,
    `--uts=${labRoot}/ns/${name}.uts`,
  ];
  const run: Host['run'] = (argv, options) => runInLab([...enter, ...argv], options);
  return {
    name,
    runDirectory: join(labRoot, 'hosts', name, 'run'),
    libDirectory: join(labRoot, 'hosts', name, 'lib'),
    enter,
    run,
    must: async (argv, options) => mustOf(`${name}: ${argv.join(' ')}`, await run(argv, options)),
    shell: (script) => run(['bash', '-s'], { stdin: script }),
    start: (program, argv) => startInLab(`${name}-${program}`, [...enter, ...argv]),
  };
};
