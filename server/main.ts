// The controller as a program: flags, signals, exit status.
import { createLineLog } from '../shared/log/line-log.ts';
import type { Log } from '../shared/log/log.ts';
import { programVersion } from '../shared/version.ts';
import { serverStartFrom, type ServerConfig } from './config.ts';
import { startServer, type StartGiven } from './start.ts';
import { systemClock } from './system-clock.ts';

/** Resolves to the exit status: 0 stopped as asked, 1 could not run, 2 wrong flags. */
export const runServer = async (argv: readonly string[]): Promise<number> => {
  const start = serverStartFrom(argv, process.env);
  switch (start.kind) {
    case 'help':
      process.stdout.write(start.text);
      return 0;
    case 'version':
      process.stdout.write(`${programVersion}\n`);
      return 0;
    case 'complaints':
      for (const complaint of start.complaints) complain(complaint);
      return 2;
    case 'run':
      return serveUntilStopped(start.config);
  }
};

const serveUntilStopped = async (config: ServerConfig): Promise<number> => {
  const stopAsked = stopSignal();
  const log = logFor(config);
  const running = await startServer({ config, clock: systemClock, log, ...terminal() });
  if (!running.ok) {
    complain(running.reason);
    return 1;
  }
  log.info(`stopping: ${await stopAsked}`);
  await running.value.stop();
  return 0;
};

/** Standard error is the log where it is no terminal, and no log holds a secret. */
const terminal = (): Pick<StartGiven, 'showOnce'> =>
  process.stderr.isTTY
    ? {
        showOnce: (text) => {
          process.stderr.write(text);
        },
      }
    : {};

const logFor = ({ logLevel, logFormat }: ServerConfig): Log =>
  createLineLog({
    level: logLevel,
    format: logFormat,
    now: () => systemClock.now(),
    write: (line) => {
      process.stderr.write(line);
    },
  });

const stopSignal = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });

const complain = (reason: string): void => {
  process.stderr.write(`server: ${reason}\n`);
};
