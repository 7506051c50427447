// What -help and the command help print.
import { isSwitch, type FlagTable } from '../shared/flags/flags.ts';
import { connectionFlags, type Command } from './command.ts';
import { allCommands } from './commands/all.ts';

export const overview = (): string => {
  const rows = allCommands.map(({ words, operand, summary }) => ({
    usage: [words, operand].filter(Boolean).join(' '),
    summary,
  }));
  const width = Math.max(...rows.map(({ usage }) => usage.length));
  return [
    'usage: meshoverctl COMMAND [flags]',
    'Asks a Meshover controller on behalf of an operator.',
    '',
    ...rows.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`),
    '',
    'meshoverctl COMMAND -help shows its flags, meshoverctl help all of them, -version the version.',
    '',
    'Flags of every command that asks the controller:',
    '',
    ...flagLines(connectionFlags),
    '',
    'Write -name value, -name=value or --name value; these can also be set in the environment (MESHOVER_CONTROLSERVER,\nMESHOVER_TOKEN_FILE, MESHOVER_FINGERPRINT).',
    'Exit status: 0 done, 1 refused or failed (the reason on the last line), 2 wrongly called.',
    '',
  ].join('\n');
};

export const helpOfCommand = (command: Command): string =>
  [
    `usage: meshoverctl ${usageOf(command)}`,
    ...purpose(command),
    ...flagLines(command.flags),
    '',
  ].join('\n');

/** The overview, then each command with the flags that only it has. */
export const helpOfAll = (): string =>
  [
    overview(),
    ...allCommands.map((command) =>
      [
        `meshoverctl ${usageOf(command)}`,
        ...purpose(command),
        ...flagLines(ownFlags(command)),
        '',
      ].join('\n'),
    ),
  ].join('\n');

const usageOf = ({ words, operand }: Command): string =>
  [words, operand, '[flags]'].filter(Boolean).join(' ');

const purpose = ({ summary }: Command): string[] => [`  ${summary}`, ''];

const ownFlags = ({ flags }: Command): FlagTable => {
  const shared: FlagTable = connectionFlags;
  return Object.fromEntries(
    Object.entries(flags).filter(([name, spec]) => name !== 'help' && spec !== shared[name]),
  );
};

const flagLines = (table: FlagTable): readonly string[] =>
  Object.entries(table).map(([name, spec]) => {
    const value = isSwitch(spec) ? '' : ` ${spec.placeholder}`;
    const fallback = isSwitch(spec) || spec.default === '' ? '' : ` (default ${spec.default})`;
    return `  -${name}${value}\n        ${spec.help}${fallback}`;
  });
