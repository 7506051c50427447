// Points in time as a person reads them in a table.
import { printDuration } from '../duration.ts';

/** Both in Unix seconds; 0 = never. A clock behind the controller's gives no negative age. */
export const ageOf = (atSeconds: bigint, nowSeconds: number): string =>
  atSeconds === 0n ? 'never' : `${printDuration(Math.max(0, nowSeconds - Number(atSeconds)))} ago`;

export const whenOf = (atSeconds: bigint, nowSeconds: number): string => {
  const ahead = Number(atSeconds) - nowSeconds;
  return ahead > 0 ? `in ${printDuration(ahead)}` : ageOf(atSeconds, nowSeconds);
};
