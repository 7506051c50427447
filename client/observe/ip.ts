// Runs iproute2 reads in one process per family and takes their JSON apart.
import type { Family } from '../../shared/address/ip.ts';
import type { Commands } from '../host/ports.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The host could not be read: nothing may be decided from half a view. */
export class ObserveError extends Error {
  readonly code = 'unreadable';

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'ObserveError';
  }
}

/** A list of objects for each line; numbers instead of names (-N), since rt_tables is the host's own. */
export const readIp = async (
  commands: Commands,
  lines: readonly string[],
  options: { readonly family?: Family; readonly details?: boolean } = {},
): Promise<readonly (readonly JsonObject[])[]> => {
  const argv = ['ip', '-N', '-j'];
  if (options.details === true) argv.push('-d');
  if (options.family !== undefined) argv.push(`-${String(options.family)}`);
  const result = await commands.run([...argv, '-batch', '-'], { stdin: `${lines.join('\n')}\n` });
  if (result.code !== 0) {
    throw new ObserveError(
      `ip ${lines.join('; ')}: ${result.stderr.trim()} (is iproute2 installed, IPv6 enabled, and ` +
        'does the agent run as root?)',
    );
  }
  return parseLists(result.stdout, lines);
};

/** iproute2 prints nothing at all for some empty answers, so a list is told by its own line. */
const parseLists = (stdout: string, lines: readonly string[]): (readonly JsonObject[])[] => {
  const texts = stdout.split('\n').filter((text) => text !== '');
  if (texts.length !== lines.length) {
    throw new ObserveError(
      `ip answered ${String(texts.length)} of ${String(lines.length)} questions (${lines.join('; ')}): ` +
        'iproute2 5.10 or newer is needed',
    );
  }
  return texts.map(parseList);
};

export const parseList = (text: string): readonly JsonObject[] => {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new ObserveError('ip printed JSON that is no list');
  return value.filter(isObject);
};

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Numbers come as JSON numbers, and as text where a name might stand ("254", "0x6d6f"). */
export const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};

export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
