// The result of reading something a person or another program wrote.

/** Either the value, or one sentence that says what is wrong and what to write instead. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

export const malformed = (reason: string): { readonly ok: false; readonly reason: string } => ({
  ok: false,
  reason,
});

/** Reads every text with `parse`; the first fault wins. */
export const parseAll = <T>(
  texts: readonly string[],
  parse: (text: string) => Parsed<T>,
): Parsed<readonly T[]> => {
  const values: T[] = [];
  for (const text of texts) {
    const result = parse(text);
    if (!result.ok) return result;
    values.push(result.value);
  }
  return parsed(values);
};
