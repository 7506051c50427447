// The text of -help: every flag with its default.
import { environmentName, isSwitch, type FlagTable } from './flags.ts';

export interface HelpText {
  /** First line, for example "usage: server [flags]". */
  readonly usage: string;
  /** One sentence: what the program does. */
  readonly purpose: string;
}

export const helpFor = (table: FlagTable, { usage, purpose }: HelpText): string => {
  const flags = Object.entries(table).map(([name, spec]) => {
    const value = isSwitch(spec) ? '' : ` ${spec.placeholder}`;
    const fallback = isSwitch(spec) || spec.default === '' ? '' : ` (default ${spec.default})`;
    return `  -${name}${value}\n        ${spec.help}${fallback}`;
  });
  const [first = 'name'] = Object.keys(table);
  return [
    usage,
    purpose,
    '',
    ...flags,
    '',
    `Write -name value, -name=value or --name value; a flag can also be set in the environment (${environmentName(first)}).`,
    '',
  ].join('\n');
};
