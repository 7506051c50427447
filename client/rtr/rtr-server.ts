// The RTR cache of this node: serves the payloads to the FRR beside it, on loopback only.
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { ledgerAfter, ledgerFrom, type Ledger } from './ledger.ts';
import type { Intervals } from './pdu.ts';
import { RtrConnection, type Limits } from './rtr-connection.ts';
import type { Vrps } from './vrps.ts';

export interface RtrGiven {
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  /** 16 bits, another one at each start. */
  readonly sessionId: number;
  readonly vrps: Vrps;
  readonly intervals?: Intervals;
  readonly limits?: Limits;
  /** A router now has all of these. */
  readonly onGiven: (vrps: Vrps) => void;
}

/**
 * A cache that went away is looked for again in seconds (10.3 was seen to wait for our word instead of its
 * own setting); what it said holds for the longest time that the protocol knows.
 */
export const shippedIntervals: Intervals = { refresh: 300, retry: 2, expire: 172_800 };

/** A router of another make may refresh by its own rule, mostly once an hour. */
const shippedLimits: Limits = { patienceMs: 10_000, idleMs: 7_500_000 };

/** FRR needs one; people who look need some. */
export const mostConnections = 8;

export class RtrServer {
  readonly #given: RtrGiven;
  readonly #connections = new Set<RtrConnection>();
  readonly #server: Server;
  #ledger: Ledger;

  constructor(given: RtrGiven) {
    this.#given = given;
    this.#ledger = ledgerFrom(given.sessionId, given.vrps);
    this.#server = createServer((socket) => {
      this.#welcome(socket);
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get vrps(): Vrps {
    return this.#ledger.current;
  }

  /** A taken port is a reason, not a fault. */
  listen(): Promise<Parsed<undefined>> {
    const { port } = this.#given;
    return new Promise((resolve) => {
      const refused = (fault: NodeJS.ErrnoException): void => {
        resolve(malformed(reasonFor(port, fault)));
      };
      this.#server.once('error', refused);
      this.#server.listen({ host: '127.0.0.1', port }, () => {
        this.#server.off('error', refused);
        resolve(parsed(undefined));
      });
    });
  }

  /** True when something changed: the routers are then told, and ask for the difference. */
  take(vrps: Vrps): boolean {
    const before = this.#ledger;
    this.#ledger = ledgerAfter(before, vrps);
    if (this.#ledger === before) return false;
    for (const connection of this.#connections) connection.notify();
    return true;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const connection of this.#connections) connection.end('the cache stops');
    await closed;
  }

  #welcome(socket: Socket): void {
    if (this.#connections.size >= mostConnections) {
      socket.destroy();
      return;
    }
    const { clock, log, intervals = shippedIntervals, limits = shippedLimits } = this.#given;
    const address = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    log.debug('a router asks for the origin authorisations', { address });
    const connection: RtrConnection = new RtrConnection({
      socket,
      clock,
      ledger: () => this.#ledger,
      intervals,
      limits,
      onGiven: ({ current }) => {
        this.#given.onGiven(current);
      },
      onEnd: (reason) => {
        this.#connections.delete(connection);
        log.debug('a router of the origin authorisations is gone', { address, reason });
      },
    });
    this.#connections.add(connection);
  }
}

const reasonFor = (port: number, fault: NodeJS.ErrnoException): string => {
  const where = `cannot serve origin authorisations (RTR) at 127.0.0.1:${port}`;
  const remedy =
    fault.code === 'EADDRINUSE'
      ? 'the port is in use: choose another with -rtrport'
      : `${fault.message}: choose another port with -rtrport`;
  return `${where}: ${remedy}; until then the prefix-lists alone decide what peers may announce`;
};
