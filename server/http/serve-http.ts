// The controller's plain HTTP: /metrics for Prometheus, /healthz for whoever watches.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Log } from '../../shared/log/log.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import type { ListenAddress } from '../config.ts';
import type { Metrics } from '../metrics/metrics.ts';

export interface HttpGiven {
  readonly address: ListenAddress;
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>;
  readonly log: Log;
}

export interface ServingHttp {
  readonly address: ListenAddress;
  /** Cuts open connections. */
  close(): void;
}

/** Scrapers and health checks are few and quick; whoever is not makes place for them. */
const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
};
/** Also for the reading of an answer: a reader that does not read is cut. */
const stillMs = 20_000;
const mostConnections = 256;
const mostRequestsPerConnection = 1_000;

export const serveHttp = async (given: HttpGiven): Promise<Parsed<ServingHttp>> => {
  const server = createServer(limits, (request, response) => {
    answer(given, request, response).catch((fault: unknown) => {
      given.log.error('an HTTP request failed', {
        error: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
      });
      send(response, { status: 500, text: "failed; the controller's log says why\n" });
    });
  });
  server.maxRequestsPerSocket = mostRequestsPerConnection;
  server.setTimeout(stillMs);
  makePlace(server);
  const failure = await bind(server, given.address);
  if (failure !== undefined) return malformed(failure);
  const { address, port } = server.address() as AddressInfo;
  return parsed({
    address: { host: address, port },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
};

/** The oldest connection gives way, so that a crowd of silent ones keeps nobody out. */
const makePlace = (server: Server): void => {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    const [oldest] = open;
    if (open.size >= mostConnections) oldest?.destroy();
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
    });
  });
};

interface Page {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

const answer = async (
  given: HttpGiven,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  send(response, await pageFor(given, request));
};

const pageFor = async ({ metrics }: HttpGiven, request: IncomingMessage): Promise<Page> => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, text: 'only GET is served here\n' };
  }
  switch (request.url?.split('?')[0]) {
    case '/metrics':
      return { status: 200, text: await metrics.text(), type: metrics.contentType };
    case '/healthz':
      return { status: 200, text: 'ok\n' };
    default:
      return { status: 404, text: 'there is only /metrics and /healthz\n' };
  }
};

const send = (response: ServerResponse, page: Page): void => {
  response.writeHead(page.status, { 'content-type': page.type ?? 'text/plain; charset=utf-8' });
  response.end(page.text);
};

/** Undefined when it listens; otherwise the reason and the remedy. */
const bind = (server: Server, { host, port }: ListenAddress): Promise<string | undefined> =>
  new Promise((resolve) => {
    server.once('error', (fault: Error) => {
      resolve(
        `cannot serve HTTP (${fault.message}): choose another address with -http, or -http off`,
      );
    });
    server.listen({ host, port }, () => {
      resolve(undefined);
    });
  });
