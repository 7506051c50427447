// The machine's own stand-stills: what a busy machine adds to a time that is measured in a guest.

export interface Stalls {
  /** The time, since the start, in which this process was due and did not run, and the longest piece of it. */
  readonly stop: () => { readonly lostMs: number; readonly longestMs: number };
}

const tickMs = 10;
/** A guest's clock ticks a hundred times a second, so that a timer of 10 ms may well take 20. */
const usualMs = 30;

/** Runs in the same system as what is measured; it needs the processor as rarely as that, and as urgently. */
export const watchStalls = (): Stalls => {
  let last = performance.now();
  let lostMs = 0;
  let longestMs = 0;
  const look = (): void => {
    const now = performance.now();
    const late = Math.max(0, now - last - usualMs);
    lostMs += late;
    longestMs = Math.max(longestMs, late);
    last = now;
  };
  const timer = setInterval(look, tickMs);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return { lostMs, longestMs };
    },
  };
};
