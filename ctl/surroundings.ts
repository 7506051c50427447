// What meshoverctl has around it: the terminal, the environment, the clock.
import { createInterface } from 'node:readline/promises';
import type { Environment } from './connection/known-controllers.ts';

export interface Surroundings {
  readonly environment: Environment;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Somebody can be asked. */
  readonly interactive: boolean;
  /** One line of what a person answers. */
  readonly question: (text: string) => Promise<string>;
  readonly nowMs: () => number;
  readonly hostname: string;
  /** Ends what would go on for ever. */
  readonly stop: AbortSignal;
}

export const ofThisProcess = (hostname: string): Surroundings => ({
  environment: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  question: async (text) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await lines.question(text);
    } finally {
      lines.close();
    }
  },
  nowMs: () => Date.now(),
  hostname,
  stop: readerGone(),
});

/** `meshoverctl events -follow | head -1` ends without a word when head does. */
const readerGone = (): AbortSignal => {
  const gone = new AbortController();
  process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EPIPE') throw fault;
    gone.abort();
  });
  return gone.signal;
};
