// Tries a claim on random input for a while: FUZZ_SECONDS for each claim, FUZZ_SEED to see a failure again.

/** 32 bits at a time (mulberry32): the same seed gives the same input on every machine. */
export interface Random {
  /** 0 to `below` - 1. */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
  bytes(length: number): Buffer;
}

export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (limit: number): number => next() % Math.max(limit, 1);
  return {
    below,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new Error('nothing to pick from');
      return items[below(items.length)] as T;
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
};

const seconds = Number(process.env['FUZZ_SECONDS'] ?? 1);
const firstSeed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);

/** However slow the machine, this much is tried. */
const leastTrials = 5;

/** Resolves to the number of trials; a failure names the seed that shows it again. */
export const fuzz = async (
  trial: (random: Random) => void | Promise<void>,
  least = leastTrials,
): Promise<number> => {
  const end = performance.now() + 1000 * seconds;
  let trials = 0;
  for (; trials < least || performance.now() < end; trials++) {
    const seed = firstSeed + trials;
    try {
      await trial(randomFrom(seed));
    } catch (fault) {
      throw new Error(`FUZZ_SEED=${String(seed)} shows it again: ${String(fault)}`, {
        cause: fault,
      });
    }
  }
  return trials;
};
