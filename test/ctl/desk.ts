// meshoverctl called in this process: what it printed, and how it ended.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { runCtl } from '../../ctl/main.ts';
import type { Surroundings } from '../../ctl/surroundings.ts';

const made: string[] = [];

afterAll(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

export const newHome = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'meshover-ctl-'));
  made.push(path);
  return path;
};

export const writeSecret = (path: string, text: string): string => {
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

export interface Called {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** What a person was asked. */
  readonly questions: readonly string[];
}

export interface How {
  readonly home: string;
  /** What a person at the terminal answers; absent: nobody sits there. */
  readonly person?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stop?: AbortSignal;
  /** Sees everything that is printed, as it is printed. */
  readonly seen?: (text: string) => void;
}

/** 2026-01-02T03:04:05Z. */
export const nowMs = 1_767_323_045_000;

export const callCtl = async (argv: readonly string[], how: How): Promise<Called> => {
  const printed = { out: '', err: '' };
  const questions: string[] = [];
  const surroundings: Surroundings = {
    environment: { HOME: how.home, ...how.environment },
    out: (text) => {
      printed.out += text;
      how.seen?.(text);
    },
    err: (text) => {
      printed.err += text;
    },
    interactive: how.person !== undefined,
    question: (text) => {
      questions.push(text);
      return Promise.resolve(how.person ?? '');
    },
    nowMs: () => nowMs,
    hostname: 'controller.example',
    stop: how.stop ?? new AbortController().signal,
  };
  const exit = await runCtl(argv, surroundings);
  return { exit, ...printed, questions };
};
