// Waiting until FRR's daemons answer and have read their file.
import { frrContainerName, frrDaemons, frrRunDirectory } from '../desired/frr-container.ts';
import type { FrrHost } from '../host/ports.ts';

export class FrrError extends Error {
  readonly code: 'template' | 'refused' | 'failed' | 'not-ready' | 'port-taken';

  constructor(code: FrrError['code'], message: string) {
    super(message);
    this.name = 'FrrError';
    this.code = code;
  }
}

/** watchfrr makes this file when all daemons are up and the file has been read. */
export const startedFile = (stateDir: string): string =>
  `${frrRunDirectory(stateDir)}/watchfrr.started`;

const pollMs = 100;
const pollsPerLook = 10;

/** Two changes at once refuse each other, so nothing is changed while FRR still reads its file. */
export const waitForFrr = async (host: FrrHost, limitMs = 60_000): Promise<void> => {
  const deadline = host.clock.now() + limitMs;
  let missing = await whatIsMissing(host);
  for (let polls = 1; missing.length > 0 && host.clock.now() < deadline; polls++) {
    if (polls % pollsPerLook === 0) await mustStillRun(host);
    await new Promise<void>((resolve) => {
      host.clock.after(pollMs, resolve);
    });
    missing = await whatIsMissing(host);
  }
  if (missing.length === 0) return;
  throw new FrrError(
    'not-ready',
    `FRR did not get ready in ${limitMs / 1000} s (no answer from ${missing.join(', ')}): ` +
      'see `docker logs meshover-frr`; port 179 must be free on this host (ss -ltnp)',
  );
};

/** Somebody may remove it meanwhile: then there is nothing to wait for, and the next turn makes it anew. */
const mustStillRun = async ({ containers }: FrrHost): Promise<void> => {
  const container = await containers.find(frrContainerName);
  if (container?.running === true) return;
  const state = container === undefined ? 'removed' : 'stopped';
  throw new FrrError(
    'not-ready',
    `the container ${frrContainerName} was ${state} while FRR started`,
  );
};

const whatIsMissing = async ({ vty, files, stateDir }: FrrHost): Promise<readonly string[]> => {
  const answers = await Promise.all(frrDaemons.map((daemon) => vty.ask(daemon, ['enable'])));
  const silent = frrDaemons.filter((_, index) => answers[index] === undefined);
  const names = await files.list(frrRunDirectory(stateDir));
  return names.includes('watchfrr.started') ? silent : [...silent, 'watchfrr'];
};
