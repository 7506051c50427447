// Values of flags that have a shape of their own.
import { parsePrefix } from '../shared/address/prefix.ts';
import { isIP } from 'node:net';
import { Secret } from '../shared/log/secret.ts';
import { defaultPreference, type Gathering } from '../shared/mesh/peer.ts';
import { malformed, parsed, type Parsed } from '../shared/outcome/parsed.ts';
import type { AgentConfig } from './config.ts';

const controllerPort = 12_384;

/** `HOST`, `HOST:PORT`, `[2001:db8::1]:PORT` or a bare address → `HOST:PORT`. */
export const parseServer = (text: string): Parsed<string> => {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) === 6) return parsed(`[${bare}]:${controllerPort}`);
  return parseSocketAddress(/:\d+$/.test(text) ? text : `${text}:${controllerPort}`);
};

const hostShape =
  /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<name>[a-zA-Z0-9.-]{1,253})?):(?<port>\d{1,5})$/;

/** `HOST:PORT`; brackets around an IPv6 address. */
export const parseSocketAddress = (text: string): Parsed<string> => {
  const groups = hostShape.exec(text)?.groups;
  const port = Number(groups?.['port']);
  const six = groups?.['six'];
  if (groups === undefined || port < 1 || port > 65_535 || (six !== undefined && isIP(six) !== 6)) {
    return malformed(
      `"${text}" is not HOST:PORT (write it like node1:12384 or [2001:db8::1]:12384)`,
    );
  }
  const host = six === undefined ? groups['name'] : `[${six}]`;
  return host === undefined
    ? malformed(`"${text}" lacks the host before the port (write it like node1:12384)`)
    : parsed(`${host}:${port}`);
};

/** `PREFIX` or `PREFIX@PREFERENCE`. */
export const parseGathering = (text: string): Parsed<Gathering> => {
  const [range = '', preference, ...rest] = text.split('@');
  const prefix = parsePrefix(range);
  if (!prefix.ok) return prefix;
  if (preference === undefined)
    return parsed({ prefix: prefix.value, preference: defaultPreference });
  const value = Number(preference);
  return rest.length === 0 && /^\d{1,5}$/.test(preference) && value >= 1 && value <= 65_535
    ? parsed({ prefix: prefix.value, preference: value })
    : malformed(`"${text}" has a preference that is not 1 to 65535 (write it like ${range}@20)`);
};

/** `200x6`: every 200 ms, down after 6 lost. */
export const parseBfd = (text: string): Parsed<AgentConfig['bfd']> => {
  const [, interval = '', times = ''] = /^(\d{1,5})x(\d{1,3})$/.exec(text) ?? [];
  const bfd = { intervalMs: Number(interval), multiplier: Number(times) };
  const fits =
    bfd.intervalMs >= 10 &&
    bfd.intervalMs <= 60_000 &&
    bfd.multiplier >= 2 &&
    bfd.multiplier <= 255;
  return fits
    ? parsed(bfd)
    : malformed(
        `"${text}" is not MSxTIMES, 10 to 60000 ms and 2 to 255 times (write it like 200x6)`,
      );
};

/** A join token (JWT); a line feed at its end comes from a file or the shell. Undefined when there is none. */
export const parseToken = (text: string): Parsed<Secret | undefined> => {
  const token = text.trim();
  if (token === '') return parsed(undefined);
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
    ? parsed(new Secret(token))
    : malformed(
        'this is no join token: it is cut short, or there is more than one (meshoverctl token create makes one)',
      );
};
