// A host for FRR's tests: a network namespace with a Docker daemon, and the agent's own rows on it.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frrApplier } from '../../client/apply/frr.ts';
import { frrRunDirectory } from '../../client/desired/frr-container.ts';
import type { Frr } from '../../client/desired/desired.ts';
import { frrFor } from '../../client/desired/frr.ts';
import { dockerAt } from '../../client/host/docker.ts';
import { hostFiles } from '../../client/host/files.ts';
import type { FrrHost } from '../../client/host/ports.ts';
import { hostSockets } from '../../client/host/sockets.ts';
import { vtyIn } from '../../client/host/vty.ts';
import { observeFrr } from '../../client/observe/frr.ts';
import { planFrr } from '../../client/plan/frr.ts';
import { frrInputFor, type FrrCase } from '../client/desired/frr-case.ts';
import { imageOf, seedDirectory, type FrrVersion } from './images.ts';

export interface FrrNode {
  readonly namespace: string;
  readonly host: FrrHost;
  /** Keys of the steps of one turn of the line, with their errors; none when all is as wanted. */
  turn(wanted: Frr | undefined, detach?: readonly string[]): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export const run = (program: string, ...argv: readonly string[]): string =>
  execFileSync(program, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The machine may be busy with more than these tests: no session goes down for that. */
const patientBfd = { intervalMs: 500, multiplier: 10 };

export const wantedOf = (given: FrrCase, version: FrrVersion): Frr => {
  const frr = frrFor(frrInputFor({ rpki: true, ...given, version, bfd: patientBfd }));
  if (frr === undefined) throw new Error('FRR is switched off in this case');
  return { ...frr, image: imageOf(version) };
};

let started = 0;

export const startFrrNode = async (): Promise<FrrNode> => {
  started += 1;
  const namespace = `mo-frr-${process.pid}-${started}`;
  const directory = mkdtempSync(join(tmpdir(), 'meshover-frr-'));
  run('cp', '-a', '--reflink=auto', seedDirectory, `${directory}/docker`);
  run('ip', 'netns', 'add', namespace);
  run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
  // A kernel without dummy devices has veth.
  run('ip', '-n', namespace, 'link', 'add', 'mo-node', 'type', 'veth', 'peer', 'name', 'mo-node2');
  run('ip', '-n', namespace, 'link', 'set', 'mo-node', 'up');
  run('ip', '-n', namespace, 'link', 'set', 'mo-node2', 'up');
  const daemon = startDocker(namespace, directory);
  const host = hostIn(directory);
  await until(async () => {
    await host.images.find('x');
    return true;
  });
  return {
    namespace,
    host,
    turn: (wanted, detach = []) => turn(host, wanted, detach),
    stop: async () => {
      await host.containers.remove('meshover-frr');
      await ended(daemon);
      run('ip', 'netns', 'del', namespace);
      for (const mount of mountsBelow(directory)) run('umount', mount);
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

const startDocker = (namespace: string, directory: string): ChildProcess =>
  spawn(
    'nsenter',
    [
      `--net=/run/netns/${namespace}`,
      ...['dockerd', '--data-root', `${directory}/docker`, '--exec-root', `${directory}/exec`],
      ...['--pidfile', `${directory}/docker.pid`, '--host', `unix://${directory}/docker.sock`],
      ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--ip-forward=false'],
      ...['--storage-driver', 'overlay2', '--log-level', 'error'],
    ],
    { stdio: 'ignore' },
  );

const ended = (daemon: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    daemon.on('exit', () => {
      resolve();
    });
    daemon.kill('SIGTERM');
  });

/** Docker leaves the namespace of a host-network container mounted. */
const mountsBelow = (directory: string): readonly string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .filter((path) => path.startsWith(`${directory}/`))
    .reverse();

const hostIn = (directory: string): FrrHost => ({
  ...dockerAt(`${directory}/docker.sock`),
  files: hostFiles,
  sockets: hostSockets,
  vty: vtyIn(frrRunDirectory(`${directory}/state`)),
  clock: {
    now: () => Date.now(),
    after: (delayMs, then) => {
      const timer = setTimeout(then, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
  },
  stateDir: `${directory}/state`,
});

const turn = async (
  host: FrrHost,
  wanted: Frr | undefined,
  detach: readonly string[],
): Promise<readonly string[]> => {
  const observed = await observeFrr(host, wanted?.image ?? imageOf('10.3'));
  const plan = planFrr(wanted, observed, detach);
  const errors = await frrApplier(host)(plan);
  return plan.map(({ id, key }) => {
    const error = errors.get(id);
    return error === undefined ? key : `${key}: ${error}`;
  });
};

/** Asks until it holds; what `holds` throws counts as "not yet". */
export const until = async (holds: () => Promise<boolean>, limitMs = 60_000): Promise<void> => {
  const deadline = Date.now() + limitMs;
  let last: unknown = 'it never held';
  while (Date.now() < deadline) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${limitMs} ms`, { cause: last });
};
