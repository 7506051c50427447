// The logger port: one line a fact, with agreed field names.

/** Agreed field names; a new one is added here. */
export interface LogFields {
  readonly node?: string;
  readonly peer?: string;
  readonly revision?: string;
  readonly address?: string;
  /** Of a register, or of a register and a node: never a secret. */
  readonly fingerprint?: string;
  readonly interface?: string;
  readonly step?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly path?: string;
  readonly count?: number;
  readonly durationMs?: number;
  readonly version?: string;
  readonly error?: string;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
