// The result of reading something a person or another program wrote.
import { printable } from './printable.ts';

/** Either the value, or one sentence that says what is wrong and what to write instead. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

export const malformed = (reason: string): { readonly ok: false; readonly reason: string } => ({
  ok: false,
  reason: printable(reason),
});

/** Reads every item with `parse`; the first fault wins. */
export const parseAll = <I, T>(
  items: readonly I[],
  parse: (item: I) => Parsed<T>,
): Parsed<readonly T[]> => {
  const values: T[] = [];
  for (const item of items) {
    const result = parse(item);
    if (!result.ok) return result;
    values.push(result.value);
  }
  return parsed(values);
};

/** Unwraps a record of results; the first fault wins, told with whose it is. */
export const allParsed = <T extends object>(
  fields: { readonly [K in keyof T]: Parsed<T[K]> },
  whose?: string,
): Parsed<T> => {
  const values: Partial<T> = {};
  for (const key of Object.keys(fields) as (keyof T)[]) {
    const field = fields[key];
    if (!field.ok) return whose === undefined ? field : malformed(`${whose}: ${field.reason}`);
    values[key] = field.value;
  }
  return parsed(values as T);
};
