// The machine's own stand-stills: what a busy machine adds to a time that is measured in a guest.

export interface Lost {
  /** All the time in which this process was due and did not run, and the longest piece of it. */
  readonly lostMs: number;
  readonly longestMs: number;
}

export interface Stalls {
  /** Between two moments (Unix milliseconds). */
  readonly between: (from: number, to: number) => Lost;
  readonly stop: () => void;
}

const tickMs = 10;
/** A guest's clock ticks a hundred times a second, so that a timer of 10 ms may well take 20. */
const usualMs = 30;

/** Runs in the same system as what is measured; it needs the processor as rarely as that, and as urgently. */
export const watchStalls = (): Stalls => {
  const stalls: { readonly from: number; readonly to: number }[] = [];
  let last = Date.now();
  const look = (): void => {
    const now = Date.now();
    if (now - last > usualMs) stalls.push({ from: last + usualMs, to: now });
    last = now;
  };
  const timer = setInterval(look, tickMs);
  return {
    between: (from, to) => {
      const pieces = stalls.map((each) =>
        Math.max(0, Math.min(each.to, to) - Math.max(each.from, from)),
      );
      return { lostMs: pieces.reduce((a, b) => a + b, 0), longestMs: Math.max(0, ...pieces) };
    },
    stop: () => {
      clearInterval(timer);
    },
  };
};
