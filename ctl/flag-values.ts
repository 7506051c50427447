// Values of flags that several commands share.
import { parseHostname, type Hostname } from '../shared/address/hostname.ts';
import { parsePrefix, type Prefix } from '../shared/address/prefix.ts';
import { malformed, parseAll, parsed, type Parsed } from '../shared/outcome/parsed.ts';

/** "a,b" → [a, b]; "" → []. */
export const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export const parsePrefixes = (flag: string, text: string): Parsed<readonly Prefix[]> =>
  named(flag, parseAll(listOf(text), parsePrefix));

const tagShape = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const parseTags = (text: string): Parsed<readonly string[]> =>
  parseAll(listOf(text), (tag) =>
    tagShape.test(tag)
      ? parsed(tag)
      : malformed(
          `-tags: "${tag}" is no tag (lower-case letters, digits and inner hyphens, up to 63)`,
        ),
  );

/** A name of a node as an operand. */
export const parseName = (text: string): Parsed<Hostname> => parseHostname(text);

const named = <T>(flag: string, result: Parsed<T>): Parsed<T> =>
  result.ok ? result : malformed(`${flag}: ${result.reason}`);
