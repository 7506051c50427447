// Serves the agent's own /metrics over HTTP.
import { createServer, type Server } from 'node:http';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';

/** `address` is HOST:PORT. A taken port is a reason, not a fault. */
export const listenMetrics = (
  address: string,
  text: () => Promise<string>,
): Promise<Parsed<Server>> => {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('only GET /metrics is here\n');
      return;
    }
    text().then(
      (body) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  return new Promise((resolve) => {
    server.on('error', (fault: NodeJS.ErrnoException) => {
      const remedy =
        fault.code === 'EADDRINUSE'
          ? 'the port is in use: choose another with -metrics'
          : fault.message;
      resolve(malformed(`cannot serve metrics at ${address}: ${remedy}`));
    });
    server.listen({ host, port: Number(address.slice(colon + 1)) }, () => {
      resolve(parsed(server));
    });
  });
};
