// The value of -controlserver: HOST:PORT, the port may be left out.
import { isIP } from 'node:net';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';

export interface ServerAddress {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

const usualPort = 12384;

export const parseServerAddress = (text: string): Parsed<ServerAddress> => {
  const groups =
    /^(?:\[(?<six>[0-9a-fA-F:.%\w]+)\]|(?<other>[^\s:,[\]]+))(?::(?<port>\d{1,5}))?$/.exec(
      text,
    )?.groups;
  const port = Number(groups?.['port'] ?? usualPort);
  return groups === undefined || port === 0 || port > 65535
    ? malformed(
        `-controlserver "${text}" is no address: write it like controller.example:${usualPort} or [2001:db8::c]:${usualPort}`,
      )
    : parsed({ host: groups['six'] ?? groups['other'] ?? '', port });
};

/** The one way to write it: what known-controllers is searched for. */
export const printServerAddress = ({ host, port }: ServerAddress): string =>
  `${host.includes(':') ? `[${host}]` : host.toLowerCase()}:${port}`;

/** It means this machine wherever it is read. */
export const isLoopback = ({ host }: ServerAddress): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** What TLS says it asks for; an IP address must not stand there (RFC 6066). */
export const serverNameOf = ({ host }: ServerAddress): string =>
  isIP(host) === 0 ? host : 'meshover-controller';
