// Text tables for people: columns as wide as their longest cell.

export const tableOf = (rows: readonly (readonly string[])[]): string => {
  const clean = rows.map((row) => row.map(withoutControls));
  const widths = (clean[0] ?? []).map((_, column) =>
    Math.max(...clean.map((row) => (row[column] ?? '').length)),
  );
  return clean
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
};

/** Nodes choose some of the texts: no escape sequence of theirs may reach the terminal. */
export const withoutControls = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

export const listCell = (items: readonly string[]): string =>
  items.length === 0 ? '-' : items.join(',');
