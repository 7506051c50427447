// The agent: reads what it is told, composes its parts, and starts in the mode asked for.
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { createLineLog } from '../shared/log/line-log.ts';
import type { Log } from '../shared/log/log.ts';
import { programVersion } from '../shared/version.ts';
import { configFrom } from './config-from.ts';
import type { AgentConfig } from './config.ts';
import { hostCommands } from './host/commands.ts';
import { hostFiles } from './host/files.ts';
import { lockState } from './host/state-lock.ts';
import { hostSysctls } from './host/sysctls.ts';
import { systemClock } from './host/system-clock.ts';
import { cleanHost } from './modes/clean.ts';
import { convergeOnce } from './modes/once.ts';
import { frrPartFor } from './modes/frr-part.ts';
import { finishRenewal, renewIdentity } from './modes/new-identity.ts';
import { nodePartsFor } from './modes/node-parts.ts';
import type { AgentParts } from './modes/parts.ts';
import { printAgentPlan } from './modes/plan.ts';
import { repin } from './modes/repin.ts';
import { runAgent } from './modes/run.ts';

/** Exit status: 0 done, 1 failed, 2 wrongly called. */
export const runClient = async (argv: readonly string[]): Promise<number> => {
  const start = configFrom({
    argv,
    environment: process.env,
    systemHostname: hostname(),
    templates: templatesBeside(import.meta.dirname),
  });
  switch (start.kind) {
    case 'help':
      process.stdout.write(start.text);
      return 0;
    case 'version':
      process.stdout.write(`meshover ${programVersion}\n`);
      return 0;
    case 'complaints':
      for (const complaint of start.complaints) process.stderr.write(`client: ${complaint}\n`);
      return 2;
    case 'config':
      if (start.config.token !== undefined) hideWords(argv);
      return startAgent(start.config);
  }
};

/** The list of processes shows every word that a program was called with, until it says otherwise. */
const hideWords = (argv: readonly string[]): void => {
  const shown = argv.map((word, i) => {
    if (/^--?token$/.test(argv[i - 1] ?? '')) return '[secret]';
    return word.replace(/^(--?token=).*/s, '$1[secret]');
  });
  process.title = ['client', ...shown].join(' ');
};

/** In the single executable there is no source directory. */
const templatesBeside = (source: string | undefined): string =>
  source === undefined ? join(dirname(process.execPath), 'conf') : join(dirname(source), 'conf');

const startAgent = async (config: AgentConfig): Promise<number> => {
  if (process.getuid?.() !== 0) {
    process.stderr.write('client: it configures interfaces and routes: run it as root (sudo)\n');
    return 1;
  }
  const log = logFor(config);
  try {
    const parts = partsFor(config, log);
    return await (config.mode === 'plan' ? printAgentPlan(parts) : startAlone(parts));
  } catch (fault) {
    log.error('the agent ended', {
      error: fault instanceof Error ? fault.message : String(fault),
    });
    return 1;
  }
};

/** Two agents on one state directory would undo each other's work. */
const startAlone = async (parts: AgentParts): Promise<number> => {
  const { stateDir } = parts.config;
  const lock = lockState(stateDir);
  if (lock.kind === 'held') {
    parts.log.error(
      `another agent, process ${lock.pid}, works on ${stateDir}: stop it first (kill ${lock.pid}), ` +
        'or give this one a -statedir of its own',
    );
    return 1;
  }
  try {
    return await startMode(parts);
  } finally {
    lock.release();
  }
};

const logFor = (config: AgentConfig): Log =>
  createLineLog({
    level: config.logLevel,
    format: config.logFormat,
    now: () => Date.now(),
    write: (line) => process.stderr.write(line),
  });

const partsFor = (config: AgentConfig, log: Log): AgentParts => {
  const host = {
    commands: hostCommands,
    files: hostFiles,
    sysctls: hostSysctls,
    clock: systemClock,
    stateDir: config.stateDir,
  };
  return {
    config,
    log,
    host,
    frr: frrPartFor(config, host),
    random: Math.random,
    monotonicMs: () => performance.now(),
    print: (text) => process.stdout.write(text),
  };
};

const startMode = async (parts: AgentParts): Promise<number> => {
  const { mode } = parts.config;
  if (mode === 'clean') return cleanHost(parts);
  if (mode === 'repin') return repin(parts);
  const node = await nodePartsFor(parts);
  if (!node.ok) {
    parts.log.error(node.reason);
    return 1;
  }
  if (mode === 'newidentity') return renewIdentity(node.value);
  const renewed = await finishRenewal(node.value);
  return mode === 'once' ? convergeOnce(renewed) : runAgent(renewed, stopAsked());
};

const stopAsked = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve(signal);
      });
    }
  });
