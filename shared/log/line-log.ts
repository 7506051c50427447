// The logger: one line a fact, as text for people (and journald) or as JSON for programs.
import type { Log, LogFields, LogLevel } from './log.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];
export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface LineLogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Takes one line, with its line feed. */
  readonly write: (line: string) => void;
}

export const createLineLog = (options: LineLogOptions): Log => {
  const least = logLevels.indexOf(options.level);
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (logLevels.indexOf(level) < least) return;
      const time = new Date(options.now()).toISOString();
      const line =
        options.format === 'json'
          ? JSON.stringify({ time, level, message, ...fields })
          : textLine(`${time} ${level.padEnd(5)} ${oneLine(message)}`, fields);
      options.write(`${line}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

const textLine = (head: string, fields: LogFields): string =>
  [
    head,
    ...Object.entries(fields).flatMap(([name, value]: [string, string | number | undefined]) =>
      value === undefined ? [] : [`${name}=${quoted(String(value))}`],
    ),
  ].join(' ');

const quoted = (text: string): string =>
  /^[^\s"=\p{C}]+$/u.test(text) ? text : JSON.stringify(text);

/** What others wrote must not forge a second line or steer the terminal. */
const oneLine = (text: string): string => text.replace(/\p{C}+/gu, ' ');
