// All services behind one TLS listener.
import type { Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { AdministrationService } from '../../proto/gen/meshover/v1/administration.ts';
import { JoiningService } from '../../proto/gen/meshover/v1/joining.ts';
import { StatusService } from '../../proto/gen/meshover/v1/status.ts';
import { parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import type { ListenAddress } from '../config.ts';
import type { TlsIdentity } from '../auth/tls-identity.ts';
import { Door } from '../door/door.ts';
import { usualLimits, type CallLimits, type DoorLimits, type Limits } from '../door/limits.ts';
import { mostConnections } from '../door/most-connections.ts';
import { tellCuts } from '../door/tell-cuts.ts';
import { administrationServer } from './administration.ts';
import type { RpcGiven } from './given.ts';
import { joiningServer } from './joining.ts';
import { limitedCalls } from './limited-call.ts';
import { listenOn } from './listen.ts';
import { peersServer, peersService } from './peers.ts';
import { statusServer } from './status.ts';

export interface Serving {
  readonly address: ListenAddress;
  /** Ends every stream and connection. */
  close(): void;
}

interface Where {
  readonly address: ListenAddress;
  readonly tls: TlsIdentity;
  readonly limits?: Limits;
}

/** For answers that are on their way when the controller stops. */
const graceMs = 200;

/** A report of 5,000 links is about 1 MB. */
const longestMessage = 2 * 1024 * 1024;

const serverOptions = {
  'grpc.max_receive_message_length': longestMessage,
  // A node that lost its power is noticed within 45 s, although TCP would not.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 15_000,
  'grpc-node.max_session_memory': 100,
  // An agent has three calls open at most.
  'grpc.max_concurrent_streams': 16,
  'grpc.enable_channelz': 0,
};

export const serveRpc = async (
  given: RpcGiven,
  { address, tls, limits = usualLimits }: Where,
): Promise<Parsed<Serving>> => {
  const cuts = tellCuts(given);
  const door = new Door({
    ...{ clock: given.clock, limits: capped(limits) },
    onCut: (cut, source) => {
      cuts.told(cut, source);
    },
  });
  const server = serverFor(given, door, limits.calls);
  const injector = server.createConnectionInjector(credentialsFrom(tls));
  const listening = await listenOn(address, (socket) => {
    receive(given, {
      ...{ socket, door },
      greet: () => {
        injector.injectConnection(socket);
      },
    });
  });
  if (!listening.ok) return listening;
  return parsed({
    address: listening.value.address,
    close: () => {
      listening.value.stop();
      // forceShutdown does not know the connections of an injector.
      injector.drain(graceMs);
      injector.destroy();
      server.forceShutdown();
      door.close();
      cuts.close();
    },
  });
};

const capped = ({ door }: Limits): DoorLimits => ({ ...door, most: mostConnections(door.most) });

const serverFor = (given: RpcGiven, door: Door, limits: CallLimits): Server => {
  const interceptor = limitedCalls({
    ...{ clock: given.clock, door, limits },
    onOverloaded: () => {
      given.counters.refused('overloaded');
    },
  });
  const server = new Server({ ...serverOptions, interceptors: [interceptor] });
  server.addService(JoiningService, joiningServer(given));
  server.addService(peersService, peersServer(given));
  server.addService(StatusService, statusServer(given));
  server.addService(AdministrationService, administrationServer(given));
  return server;
};

interface Arrival {
  readonly socket: Socket;
  readonly door: Door;
  readonly greet: () => void;
}

const receive = (given: RpcGiven, { socket, door, greet }: Arrival): void => {
  // A connection may be reset before TLS has taken it over.
  socket.on('error', (fault) => {
    given.log.debug('a connection broke', { error: fault.message });
  });
  const visitor = door.enter(socket);
  if (visitor === undefined) return;
  socket.once('close', () => {
    door.leave(visitor);
  });
  // TLS costs tens of KiB from the start: one that says nothing is not worth them.
  socket.once('readable', () => {
    if (!socket.destroyed && door.speaks(visitor)) greet();
  });
};

const credentialsFrom = ({ certificateChain, privateKey }: TlsIdentity): ServerCredentials =>
  ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(privateKey.reveal()), cert_chain: Buffer.from(certificateChain) },
  ]);
