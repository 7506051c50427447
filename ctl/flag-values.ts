// Values of flags that several commands share.
import { parseHostname, type Hostname } from '../shared/address/hostname.ts';
import { parsePrefix, type Prefix } from '../shared/address/prefix.ts';
import { malformed, parseAll, type Parsed } from '../shared/outcome/parsed.ts';

/** "a,b" → [a, b]; "" → []. */
export const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export const parsePrefixes = (flag: string, text: string): Parsed<readonly Prefix[]> =>
  named(flag, parseAll(listOf(text), parsePrefix));

/** A name of a node as an operand. */
export const parseName = (text: string): Parsed<Hostname> => parseHostname(text);

const named = <T>(flag: string, result: Parsed<T>): Parsed<T> =>
  result.ok ? result : malformed(`${flag}: ${result.reason}`);
