// The real programs as child processes: their exit status and what they said.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export type Program = 'server' | 'client' | 'ctl';

export interface Ended {
  readonly status: number | null;
  readonly output: string;
  /** Lines of the error output, without time stamps. */
  readonly lines: readonly string[];
}

export interface Running {
  /** HOST:PORT that the controller says it listens at. */
  readonly address: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Words put in front of the program, such as `setpriv …` or `ip netns exec …`. */
interface How {
  readonly through?: readonly string[];
}

/** nobody and nogroup: no capability, no file of root's. */
export const unprivileged: How = {
  through: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
};

const root = join(import.meta.dirname, '../..');
const places: string[] = [];

export const newPlace = (): string => {
  const place = mkdtempSync(join(tmpdir(), 'meshover-bad-'));
  places.push(place);
  return place;
};

export const removePlaces = (): void => {
  for (const place of places.splice(0)) rmSync(place, { recursive: true, force: true });
};

/** Runs until it ends by itself. */
export const run = async (
  program: Program,
  argv: readonly string[],
  { through = [] }: How = {},
): Promise<Ended> => {
  const child = start([...through, ...sourceOf(program), ...argv]);
  const [output, errors] = [gather(child.stdout), gather(child.stderr)];
  const status = await ended(child);
  return { status, output: output(), lines: linesOf(errors()) };
};

/** A controller, once it listens; throws what it said where it did not come to that. */
export const runServer = async (argv: readonly string[], how: How = {}): Promise<Running> => {
  const child = start([...(how.through ?? []), ...sourceOf('server'), '-http', 'off', ...argv]);
  const errors = gather(child.stderr);
  const gone = ended(child);
  const address = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const found = /listening address=(\S+)/.exec(errors())?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stderr.on('data', look);
    void gone.then(() => {
      reject(new Error(errors()));
    });
  });
  return {
    address,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
};

/** Every file of a directory with its bytes and mode: what must be the same afterwards. */
export const contentsOf = (directory: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [
        path,
        `${statSync(path).mode.toString(8)} ${readFileSync(path).toString('base64')}`,
      ]),
  );

type Child = ChildProcessByStdio<null, Readable, Readable>;

const sourceOf = (program: Program): readonly string[] => [
  process.execPath,
  join(root, program, 'cli.ts'),
];

const start = (argv: readonly string[]): Child => {
  const [command = '', ...rest] = argv;
  const environment = Object.entries(process.env).filter(
    ([name]) => !/^(MESHOVER|NODE)_/.test(name),
  );
  return spawn(command, rest, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: Object.fromEntries(environment),
  });
};

const ended = (child: Child): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });

const gather = (stream: Readable): (() => string) => {
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  return () => Buffer.concat(parts).toString();
};

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^\d{4}-\S+Z /, ''));
