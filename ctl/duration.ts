// Lengths of time as people write them: 90s, 15m, 1h, 7d, 1h30m.
import { malformed, parsed, type Parsed } from '../shared/outcome/parsed.ts';

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const longest = 10 * 365 * 86_400;

/** Seconds. */
export const parseDuration = (text: string): Parsed<number> => {
  const parts = [...text.matchAll(/(\d{1,9})([smhd])/g)];
  const sum = parts.reduce(
    (total, [, count, unit]) => total + Number(count) * (seconds[unit ?? ''] ?? 0),
    0,
  );
  const isWhole = parts.map(([part]) => part).join('') === text;
  return isWhole && sum > 0 && sum <= longest
    ? parsed(sum)
    : malformed(`"${text}" is no length of time up to ten years: write it like 30m, 1h or 7d`);
};

/** The two greatest units: "2d 3h", "45s". */
export const printDuration = (total: number): string => {
  const units = Object.entries(seconds).reverse();
  const parts = units.map(([unit, size], index) => {
    const above = units[index - 1]?.[1] ?? Infinity;
    return { unit, count: Math.floor((total % above) / size) };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ unit, count }) => `${count}${unit}`)
    .join(' ');
};
