// A real controller on loopback, with a state directory of its own.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { serverStartFrom } from '../../server/config.ts';
import { usualLimits, type Limits } from '../../server/door/limits.ts';
import { startServer, type RunningServer } from '../../server/start.ts';
import { systemClock } from '../../server/system-clock.ts';
import { createLineLog } from '../../shared/log/line-log.ts';

export interface Controller {
  /** "[::1]:PORT" */
  readonly address: string;
  /** PEM of the authority that agents pin. */
  readonly authority: string;
  readonly adminToken: string;
  readonly stateDir: string;
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

const made: string[] = [];

// Registered first, so it runs last: the controllers have stopped by then.
afterAll(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

export const newStateDir = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'meshover-mesh-'));
  made.push(path);
  return path;
};

/** Throws the reason when it does not start. */
export const startController = async (
  stateDir: string,
  argv: readonly string[] = ['-open'],
  limits: Limits = usualLimits,
): Promise<Controller> => {
  const flags = ['-listen', '[::1]:0', '-http', '127.0.0.1:0', '-statedir', stateDir, ...argv];
  const start = serverStartFrom(flags, {});
  if (start.kind !== 'run') throw new Error(JSON.stringify(start));
  const lines: string[] = [];
  const log = createLineLog({
    level: 'debug',
    format: 'text',
    now: () => systemClock.now(),
    write: (line) => lines.push(line),
  });
  const running = await startServer({ config: start.config, clock: systemClock, log, limits });
  if (!running.ok) throw new Error(running.reason);
  return controllerOf(running.value, stateDir, lines);
};

const controllerOf = (
  running: RunningServer,
  stateDir: string,
  lines: readonly string[],
): Controller => ({
  address: `[::1]:${String(running.address.port)}`,
  authority: readFileSync(join(stateDir, 'authority.pem'), 'utf8'),
  adminToken: readFileSync(join(stateDir, 'admin.token'), 'utf8').trim(),
  stateDir,
  lines,
  stop: () => running.stop(),
});
