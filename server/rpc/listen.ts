// Our own listener in front of gRPC: it sets the backlog, which grpc-js cannot.
import { createServer, type Server, type Socket } from 'node:net';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import type { ListenAddress } from '../config.ts';

/** With Node's 511, a thousand agents that come at once lose seconds to SYN retransmits. */
const backlog = 4096;

export const printListenAddress = ({ host, port }: ListenAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

export interface Listening {
  readonly address: ListenAddress;
  /** Takes no more connections; those that are open stay. */
  stop(): void;
}

export const listenOn = (
  { host, port }: ListenAddress,
  take: (socket: Socket) => void,
): Promise<Parsed<Listening>> => {
  const server = createServer({ noDelay: true }, take);
  return new Promise((resolve) => {
    server.once('error', (fault: NodeJS.ErrnoException) => {
      resolve(malformed(complaintOf(fault, { host, port })));
    });
    server.listen({ host, port, backlog, ipv6Only: false }, () => {
      resolve(parsed(listeningOf(server, { host, port })));
    });
  });
};

const listeningOf = (server: Server, asked: ListenAddress): Listening => {
  const bound = server.address();
  return {
    address: typeof bound === 'object' && bound !== null ? { ...asked, port: bound.port } : asked,
    stop: () => {
      server.close();
    },
  };
};

const complaintOf = (fault: NodeJS.ErrnoException, asked: ListenAddress): string => {
  const address = printListenAddress(asked);
  switch (fault.code) {
    case 'EADDRINUSE':
      return `-listen ${address}: the port is in use; stop the program that holds it (ss -ltnp shows it) or choose another port`;
    case 'EADDRNOTAVAIL':
      return `-listen ${address}: this machine has no such address; [::] listens on all`;
    case 'EAFNOSUPPORT':
      return `-listen ${address}: this machine has no IPv6; write 0.0.0.0 in place of [::]`;
    case 'EACCES':
      return `-listen ${address}: ports below 1024 need root`;
    default:
      return `-listen ${address}: ${fault.message}`;
  }
};
