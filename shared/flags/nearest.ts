// The known name that a misspelt one probably means.

/** Undefined when nothing is near: a wild guess would mislead. */
export const nearestName = (wrong: string, names: readonly string[]): string | undefined => {
  const ranked = names
    .map((name) => ({ name, distance: distanceOf(wrong.toLowerCase(), name) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(1, Math.floor(wrong.length / 3))
    ? best.name
    : undefined;
};

/** Levenshtein's distance. */
const distanceOf = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const replaced = at(row, j) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, at(row, j + 1) + 1, at(next, j) + 1));
    }
    row = next;
  }
  return at(row, b.length);
};

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
