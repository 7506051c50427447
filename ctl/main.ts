// meshoverctl: asks the controller on behalf of an operator.
import { hostname } from 'node:os';
import { programVersion } from '../shared/version.ts';
import type { Job } from './command.ts';
import { connectController, type ConnectionGiven, type Controller } from './connection/connect.ts';
import { CtlError } from './ctl-error.ts';
import { ctlStartFrom } from './start.ts';
import { ofThisProcess, type Surroundings } from './surroundings.ts';

/** Resolves to the exit status: 0 done, 1 failed, 2 wrongly called. */
export const runCtl = async (
  argv: readonly string[],
  surroundings: Surroundings = ofThisProcess(hostname()),
): Promise<number> => {
  const { out, err, environment } = surroundings;
  const start = ctlStartFrom({ argv, environment });
  switch (start.kind) {
    case 'help':
      out(start.text);
      return 0;
    case 'version':
      out(`meshover ${programVersion}\n`);
      return 0;
    case 'complaints':
      for (const complaint of start.complaints) err(`meshoverctl: ${complaint}\n`);
      return 2;
    case 'run':
      return runJob(start.job, start.connection, surroundings);
  }
};

const runJob = async (
  job: Job,
  connection: ConnectionGiven | undefined,
  surroundings: Surroundings,
): Promise<number> => {
  let connected: Promise<Controller> | undefined;
  const controller = (): Promise<Controller> => {
    if (connection === undefined) throw new Error('this command asks no controller');
    connected ??= connectController(connection, surroundings.environment);
    return connected;
  };
  try {
    await job({ ...surroundings, controller });
    return 0;
  } catch (fault) {
    if (!(fault instanceof CtlError)) throw fault;
    surroundings.err(`meshoverctl: ${fault.message}\n`);
    return 1;
  } finally {
    await connected?.then(
      ({ close }) => {
        close();
      },
      () => undefined,
    );
  }
};
