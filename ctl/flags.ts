// Command line of meshoverctl: a command, its words, and flags.
import { parseFlags, type FlagTable, type FlagValues } from '../shared/flags/flags.ts';
import { helpFor } from '../shared/flags/help.ts';

export const outputs = ['table', 'json'] as const;
export type Output = (typeof outputs)[number];

const table = {
  controlserver: {
    help: 'the controller',
    default: 'localhost:12384',
    placeholder: 'HOST:PORT',
  },
  ca: {
    help: "the controller's authority, a copy of authority.pem from its state directory",
    default: '/var/lib/meshover-server/authority.pem',
    placeholder: 'FILE',
  },
  fingerprint: {
    help: 'in place of -ca: the SHA-256 fingerprint that the controller printed at its start',
    default: '',
    placeholder: 'HEX',
  },
  'token-file': {
    help: 'file that holds the admin token, a copy of admin.token',
    default: '/var/lib/meshover-server/admin.token',
    placeholder: 'FILE',
  },
  o: { help: `output: ${outputs.join(' or ')}`, default: 'table', placeholder: 'FORMAT' },
  reason: {
    help: 'why a node is removed, for its peers and for people',
    default: 'removed by operator',
    placeholder: 'TEXT',
  },
  version: { help: 'print the version and stop', kind: 'switch' },
  help: { help: 'print this and stop', kind: 'switch' },
} as const satisfies FlagTable;

const usage = [
  'usage: meshoverctl COMMAND [flags]',
  '',
  '  nodes          who is in the mesh, and in what state',
  '  status         the controller itself',
  '  remove NAME    remove a node for good; its peers forget it at once',
].join('\n');

export type CtlFlags = FlagValues<typeof table> & { readonly output: Output };

export type CtlCommand =
  { readonly kind: 'nodes' | 'status' } | { readonly kind: 'remove'; readonly name: string };

export type CtlStart =
  | { readonly kind: 'run'; readonly command: CtlCommand; readonly flags: CtlFlags }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'complaints'; readonly complaints: readonly string[] };

export const ctlStartFrom = (
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CtlStart => {
  const parsed = parseFlags(table, { argv, environment, mostWords: 2 });
  if (!parsed.ok) return { kind: 'complaints', complaints: parsed.complaints };
  const { values, rest } = parsed;
  if (values.help) {
    return {
      kind: 'help',
      text: helpFor(table, { usage, purpose: 'Asks a Meshover controller.' }),
    };
  }
  if (values.version) return { kind: 'version' };
  const output = outputs.find((each) => each === values.o);
  if (output === undefined) return complaint(`-o "${values.o}" is none of ${outputs.join(', ')}`);
  const command = commandFrom(rest);
  return typeof command === 'string'
    ? complaint(command)
    : { kind: 'run', command, flags: { ...values, output } };
};

const complaint = (text: string): CtlStart => ({ kind: 'complaints', complaints: [text] });

/** The command, or what is wrong with its words. */
const commandFrom = ([word, name]: readonly string[]): CtlCommand | string => {
  switch (word) {
    case 'nodes':
    case 'status':
      return name === undefined ? { kind: word } : `${word} takes no name: leave out "${name}"`;
    case 'remove':
      return name === undefined ? 'remove needs the name of a node' : { kind: 'remove', name };
    case undefined:
      return 'a command is missing: nodes, status or remove; -help lists all';
    default:
      return `unknown command "${word}": nodes, status or remove; -help lists all`;
  }
};
