// The shape of a command: its words, its flags, and what it does.
import {
  environmentName,
  parseFlags,
  type FlagTable,
  type FlagValues,
} from '../shared/flags/flags.ts';
import { malformed, parsed, type Parsed } from '../shared/outcome/parsed.ts';
import type { ConnectionGiven, Controller } from './connection/connect.ts';
import type { Environment } from './connection/known-controllers.ts';
import { parseServerAddress } from './connection/server-address.ts';
import type { Surroundings } from './surroundings.ts';
import { printable } from '../shared/outcome/printable.ts';

/** What a command works with. */
export interface Desk extends Surroundings {
  /** Connected and proven at the first call. */
  readonly controller: () => Promise<Controller>;
}

export type Job = (desk: Desk) => Promise<void>;

export interface Asked<T extends FlagTable> {
  readonly operand: string;
  readonly values: FlagValues<T & typeof helpFlag>;
}

export interface CommandSpec<T extends FlagTable> {
  /** "token create" */
  readonly words: string;
  /** The one word that follows, for example "NAME". */
  readonly operand?: string;
  readonly summary: string;
  readonly flags: T;
  /** False: it asks no controller. */
  readonly connects?: false;
  /** What to do, or what is wrong with the flags. */
  readonly read: (asked: Asked<T>) => Parsed<Job>;
}

export interface Command {
  readonly words: string;
  readonly operand: string | undefined;
  readonly summary: string;
  /** Its own first, then those of the connection. */
  readonly flags: FlagTable;
  readonly prepare: (line: PreparedLine) => Prepared;
}

export interface PreparedLine {
  readonly argv: readonly string[];
  readonly environment: Environment;
}

export type Prepared =
  | { readonly kind: 'run'; readonly job: Job; readonly connection: ConnectionGiven | undefined }
  | { readonly kind: 'help' }
  | { readonly kind: 'complaints'; readonly complaints: readonly string[] };

const helpFlag = { help: { help: 'print this and stop', kind: 'switch' } } as const;

export const connectionFlags = {
  controlserver: { help: 'the controller', default: 'localhost:12384', placeholder: 'HOST:PORT' },
  fingerprint: {
    help: "the controller's fingerprint, as its server prints it: for the first contact from another machine; the controller is known afterwards",
    default: '',
    placeholder: 'TEXT',
  },
  'token-file': {
    help: "file with the administrator's token (default admin.token in -statedir)",
    default: '',
    placeholder: 'FILE',
  },
  statedir: {
    help: "the controller's state directory, on its own machine",
    default: '/var/lib/meshover-server',
    placeholder: 'DIR',
  },
} as const satisfies FlagTable;

export const outputFlag = {
  o: { help: 'output: table or json', default: 'table', placeholder: 'FORMAT' },
} as const satisfies FlagTable;

export type Output = 'table' | 'json';

export const outputFrom = (text: string): Parsed<Output> =>
  text === 'table' || text === 'json'
    ? parsed(text)
    : malformed(`-o "${text}" is none of table, json`);

/** In commands about a waiting node `-fingerprint` is the node's, and only the environment names the controller's. */
export const nodeFingerprintFlag = {
  fingerprint: {
    help: "the waiting node's fingerprint, as its log shows it",
    default: '',
    placeholder: 'TEXT',
  },
} as const satisfies FlagTable;

export const commandFrom = <const T extends FlagTable>(spec: CommandSpec<T>): Command => {
  const connection = spec.connects === false ? {} : connectionFlags;
  const flags = { ...spec.flags, ...connection, ...spec.flags, ...helpFlag };
  return {
    ...{ words: spec.words, operand: spec.operand, summary: spec.summary, flags },
    prepare: (line) => prepare(spec, flags, line),
  };
};

const prepare = <T extends FlagTable>(
  spec: CommandSpec<T>,
  flags: FlagTable,
  { argv, environment }: PreparedLine,
): Prepared => {
  const words = spec.words.split(' ').length;
  const isOfNode = spec.flags['fingerprint'] !== undefined;
  const result = parseFlags(flags, {
    argv,
    environment: connectionOnly(environment, isOfNode),
    mostWords: words + (spec.operand === undefined ? 0 : 1),
  });
  if (!result.ok) return { kind: 'complaints', complaints: result.complaints };
  const values = result.values as FlagValues<typeof connectionFlags & typeof helpFlag>;
  if (values.help) return { kind: 'help' };
  const operand = result.rest[words] ?? '';
  if (spec.operand !== undefined && operand === '') {
    return complaint(`${spec.words} needs ${spec.operand}: meshoverctl ${spec.words} -help`);
  }
  const fingerprint = isOfNode ? environment[environmentName('fingerprint')] : values.fingerprint;
  const connection =
    spec.connects === false
      ? parsed(undefined)
      : connectionFrom({ ...values, fingerprint: fingerprint ?? '' });
  if (!connection.ok) return complaint(connection.reason);
  const job = spec.read({ operand, values: result.values as Asked<T>['values'] });
  return job.ok
    ? { kind: 'run', job: job.value, connection: connection.value }
    : complaint(job.reason);
};

const complaint = (text: string): Prepared => ({
  kind: 'complaints',
  complaints: [printable(text)],
});

const connectionFrom = (values: FlagValues<typeof connectionFlags>): Parsed<ConnectionGiven> => {
  const address = parseServerAddress(values.controlserver);
  return address.ok
    ? parsed({
        address: address.value,
        fingerprint: values.fingerprint,
        stateDir: values.statedir,
        tokenFile: values['token-file'],
      })
    : address;
};

/** What is set for the server or the client on this machine must not grant anything here. */
const connectionOnly = (environment: Environment, isOfNode: boolean): Environment =>
  Object.fromEntries(
    Object.keys(connectionFlags)
      .filter((name) => !(isOfNode && name === 'fingerprint'))
      .map(environmentName)
      .map((name) => [name, environment[name]]),
  );
