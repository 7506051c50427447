// Waits for a condition with a deadline: the lab never sleeps and hopes.
import { setTimeout as pause } from 'node:timers/promises';

export interface Waiting {
  /** What is awaited, in words that finish "waited for …". */
  readonly what: string;
  readonly deadlineMs: number;
  /** Between two looks; a guest is one slow CPU, and looking costs the watched ones. */
  readonly everyMs?: number;
}

/** QEMU without KVM translates every instruction. */
const patience = process.env['LAB_KERNEL'] === 'qemu' ? 2 : 1;

export type Look<T> = () =>
  Promise<T | string | false | undefined> | T | string | false | undefined;

const wordsOf = (fault: unknown): string =>
  fault instanceof Error ? fault.message : String(fault);

/** The first answer that is a value. A string is "not yet" in words, and so is a fault: the error at the deadline tells it. */
export const waitFor = async <T extends object | number | true>(
  waiting: Waiting,
  look: Look<T>,
): Promise<T> => {
  const deadlineMs = waiting.deadlineMs * patience;
  const end = performance.now() + deadlineMs;
  let last: unknown = 'nothing yet';
  for (;;) {
    try {
      const seen = await look();
      if (typeof seen !== 'string' && seen !== undefined && seen !== false) return seen;
      if (typeof seen === 'string') last = seen;
    } catch (fault) {
      last = fault;
    }
    if (performance.now() > end)
      throw new Error(
        `waited ${deadlineMs / 1000} s for ${waiting.what}; last seen: ${wordsOf(last)}`,
        { cause: last },
      );
    await pause(waiting.everyMs ?? 250);
  }
};
