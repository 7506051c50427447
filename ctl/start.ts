// The words of the command line → the command to run, help, or what is wrong.
import { isSwitch, type FlagTable } from '../shared/flags/flags.ts';
import { nearestName } from '../shared/flags/nearest.ts';
import type { Command, Prepared, PreparedLine } from './command.ts';
import { allCommands } from './commands/all.ts';
import { helpOfAll, helpOfCommand, overview } from './help.ts';
import { printable } from '../shared/outcome/printable.ts';

export type CtlStart =
  | Exclude<Prepared, { kind: 'help' }>
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' };

export const ctlStartFrom = (line: PreparedLine): CtlStart => {
  const words = wordsOf(line.argv);
  const command = commandIn(words);
  if (command !== undefined) {
    const prepared = command.prepare(line);
    return prepared.kind === 'help' ? { kind: 'help', text: helpOfCommand(command) } : prepared;
  }
  if (line.argv.some((word) => /^--?version$/.test(word))) return { kind: 'version' };
  if (words[0] === 'help') return helpFor(words.slice(1));
  if (line.argv.some((word) => /^--?help$/.test(word))) return { kind: 'help', text: overview() };
  return complaint(unknown(words));
};

const everyFlag: FlagTable = Object.fromEntries(
  allCommands.flatMap(({ flags }) => Object.entries(flags)),
);

/** The words that are neither a flag nor its value. */
const wordsOf = (argv: readonly string[]): readonly string[] =>
  argv.filter((word, index) => !isFlag(word) && !takesValue(argv[index - 1] ?? ''));

const isFlag = (word: string): boolean => word.startsWith('-');

const takesValue = (word: string): boolean => {
  const spec = isFlag(word) ? everyFlag[word.replace(/^--?/, '')] : undefined;
  return spec !== undefined && !isSwitch(spec);
};

const commandIn = (words: readonly string[]): Command | undefined =>
  allCommands.find(({ words: own }) => ` ${words.join(' ')} `.startsWith(` ${own} `));

const helpFor = (words: readonly string[]): CtlStart => {
  if (words.length === 0) return { kind: 'help', text: helpOfAll() };
  const command = commandIn(words);
  return command === undefined
    ? complaint(unknown(words))
    : { kind: 'help', text: helpOfCommand(command) };
};

const complaint = (text: string): CtlStart => ({
  kind: 'complaints',
  complaints: [printable(text)],
});

const unknown = (words: readonly string[]): string => {
  const [first] = words;
  const list = 'meshoverctl -help lists all';
  if (first === undefined) return `a command is missing; ${list}`;
  const group = allCommands.filter(({ words: own }) => own.startsWith(`${first} `));
  if (group.length > 0) {
    return `${first} needs one of ${group.map(({ words: own }) => own.split(' ')[1]).join(', ')}; ${list}`;
  }
  const near = nearestName(
    first,
    allCommands.map(({ words: own }) => own.split(' ')[0] ?? ''),
  );
  return `unknown command "${first.slice(0, 80)}"${near === undefined ? '' : ` (did you mean ${near}?)`}; ${list}`;
};
