// Go-style flags: `-name value`, `-name=value`, `--name`, or MESHOVER_NAME in the environment.
import { nearestName } from './nearest.ts';
import { printable } from '../outcome/printable.ts';

export interface TextFlag {
  readonly help: string;
  /** Value when the flag is absent; '' = none. */
  readonly default: string;
  /** What stands for the value in the help, for example "HOST:PORT". */
  readonly placeholder: string;
  /** Value of the flag given alone, where that is allowed. */
  readonly bare?: string;
}

/** On or off: `-name`, `-name=false`. */
export interface SwitchFlag {
  readonly help: string;
  readonly kind: 'switch';
}

export type FlagSpec = TextFlag | SwitchFlag;

/** By name, in the order of the help. */
export type FlagTable = Readonly<Record<string, FlagSpec>>;

export type FlagValues<T extends FlagTable> = {
  readonly [N in keyof T]: T[N] extends SwitchFlag ? boolean : string;
};

export type Flags<T extends FlagTable> =
  | { readonly ok: true; readonly values: FlagValues<T>; readonly rest: readonly string[] }
  /** Each one line: what is wrong and what to write. */
  | { readonly ok: false; readonly complaints: readonly string[] };

export interface CommandLine {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How many words that are no flags may follow; they come back as `rest`. */
  readonly mostWords?: number;
}

export const parseFlags = <T extends FlagTable>(table: T, line: CommandLine): Flags<T> => {
  const read = readWords(table, line.argv);
  const complaints = [...read.complaints];
  const extra = read.rest[line.mostWords ?? 0];
  if (extra !== undefined) {
    complaints.push(
      `"${extra}" is no flag and not expected here (flags begin with "-": try -help)`,
    );
  }
  const values: Record<string, string | boolean> = {};
  for (const [name, spec] of Object.entries(table)) {
    const given = read.given.get(name);
    const fromEnvironment = line.environment[environmentName(name)];
    const text = given ?? (fromEnvironment === '' ? undefined : fromEnvironment);
    const value = valueOf(spec, text);
    const source = given === undefined ? environmentName(name) : `-${name}`;
    if (value === undefined) {
      complaints.push(`${source}: "${text ?? ''}" is neither true nor false`);
    } else values[name] = value;
  }
  return complaints.length > 0
    ? { ok: false, complaints: complaints.map(printable) }
    : { ok: true, values: values as FlagValues<T>, rest: read.rest };
};

export const environmentName = (name: string): string =>
  `MESHOVER_${name.toUpperCase().replaceAll('-', '_')}`;

export const isSwitch = (spec: FlagSpec): spec is SwitchFlag => 'kind' in spec;

interface Words {
  readonly given: Map<string, string>;
  readonly rest: string[];
  readonly complaints: string[];
}

const flagShape = /^--?(?<name>[^=-][^=]*)(?:=(?<value>.*))?$/s;

const readWords = (table: FlagTable, argv: readonly string[]): Words => {
  const words: Words = { given: new Map(), rest: [], complaints: [] };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    const groups = flagShape.exec(word)?.groups;
    if (groups === undefined) words.rest.push(word);
    else if (takeFlag(table, words, { ...groups, next: argv[i + 1] })) i++;
  }
  return words;
};

interface Word {
  readonly name?: string;
  readonly value?: string | undefined;
  readonly next: string | undefined;
}

/** True when the next word was the value. */
const takeFlag = (table: FlagTable, words: Words, word: Word): boolean => {
  const { name = '', value, next } = word;
  const spec = Object.hasOwn(table, name) ? table[name] : undefined;
  if (spec === undefined) {
    words.complaints.push(unknownFlag(table, name));
    // The value of a misspelt flag is not one more mistake.
    return value === undefined && isValue(table, next);
  }
  if (words.given.has(name)) {
    words.complaints.push(`-${name} is given twice: give it once (lists are joined by commas)`);
  }
  const takesNext = value === undefined && !isSwitch(spec) && isValue(table, next);
  const text = value ?? (isSwitch(spec) ? 'true' : takesNext ? next : spec.bare);
  if (text === undefined) {
    words.complaints.push(`-${name} needs a value${placeholderOf(spec)}`);
  }
  words.given.set(name, text ?? '');
  return takesNext;
};

/** A word that begins with "-" is a value only where no flag can be meant. */
const isValue = (table: FlagTable, word: string | undefined): word is string => {
  if (word === undefined) return false;
  const name = flagShape.exec(word)?.groups?.['name'];
  return name === undefined || (!Object.hasOwn(table, name) && /^-\d/.test(word));
};

const unknownFlag = (table: FlagTable, name: string): string => {
  const near = nearestName(name, Object.keys(table));
  return `unknown flag -${name.slice(0, 80)}${near === undefined ? '' : ` (did you mean -${near}?)`}; -help lists all`;
};

const placeholderOf = (spec: FlagSpec): string =>
  isSwitch(spec) ? '' : `, for example ${spec.default === '' ? spec.placeholder : spec.default}`;

const valueOf = (spec: FlagSpec, text: string | undefined): string | boolean | undefined => {
  if (!isSwitch(spec)) return text ?? spec.default;
  if (text === undefined) return false;
  return ({ true: true, '1': true, false: false, '0': false } as Record<string, boolean>)[text];
};
