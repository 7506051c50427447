// The one executable: acts as server, client or meshoverctl by the name it is called with.
import { basename } from 'node:path';
import { liveOnLittle } from '../client/host/live-on-little.ts';

type Program = (argv: readonly string[]) => Promise<number>;

const programs: Readonly<Record<string, () => Promise<Program>>> = {
  server: async () => (await import('../server/main.ts')).runServer,
  client: async () => {
    liveOnLittle();
    return (await import('../client/main.ts')).runClient;
  },
  meshoverctl: async () => (await import('../ctl/main.ts')).runCtl,
};

const choose = (calledAs: string, argv: readonly string[]): [string, readonly string[]] =>
  calledAs in programs ? [calledAs, argv] : [argv[0] ?? '', argv.slice(1)];

const main = async (): Promise<number> => {
  const [name, argv] = choose(basename(process.argv0), process.argv.slice(2));
  const load = programs[name];
  if (load === undefined) {
    const names = Object.keys(programs).join(', ');
    process.stderr.write(
      `meshover: call it as ${names}, or name one first: meshover server -help\n`,
    );
    return 2;
  }
  return (await load())(argv);
};

void main().then(
  (status) => {
    process.exitCode = status;
  },
  (fault: unknown) => {
    process.stderr.write(
      `meshover: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`,
    );
    process.exitCode = 1;
  },
);
