// All services behind one TLS listener.
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { AdministrationService } from '../../proto/gen/meshover/v1/administration.ts';
import { JoiningService } from '../../proto/gen/meshover/v1/joining.ts';
import { StatusService } from '../../proto/gen/meshover/v1/status.ts';
import { parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import type { ListenAddress } from '../config.ts';
import { administrationServer } from './administration.ts';
import type { RpcGiven } from './given.ts';
import { joiningServer } from './joining.ts';
import { listenOn } from './listen.ts';
import { peersServer, peersService } from './peers.ts';
import { statusServer } from './status.ts';

export interface Serving {
  readonly address: ListenAddress;
  /** Ends every stream and connection. */
  close(): void;
}

export interface TlsIdentity {
  /** PEM: the server's certificate, then the authority's, which agents pin. */
  readonly certificateChain: string;
  readonly privateKey: string;
}

/** For answers that are on their way when the controller stops. */
const graceMs = 200;

/** A report of 5,000 links is about 1 MB. */
const longestMessage = 4 * 1024 * 1024;

const serverOptions = {
  'grpc.max_receive_message_length': longestMessage,
  // A node that lost its power is noticed within 45 s, although TCP would not.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 15_000,
  'grpc-node.max_session_memory': 100,
  'grpc.max_concurrent_streams': 100,
  'grpc.enable_channelz': 0,
};

export const serveRpc = async (
  given: RpcGiven,
  { address, tls }: { readonly address: ListenAddress; readonly tls: TlsIdentity },
): Promise<Parsed<Serving>> => {
  const server = new Server(serverOptions);
  server.addService(JoiningService, joiningServer(given));
  server.addService(peersService, peersServer(given));
  server.addService(StatusService, statusServer(given));
  server.addService(AdministrationService, administrationServer(given));
  const injector = server.createConnectionInjector(credentialsFrom(tls));
  const listening = await listenOn(address, (socket) => {
    // A connection may be reset before TLS has taken it over.
    socket.on('error', (fault) => {
      given.log.debug('a connection broke', { error: fault.message });
    });
    injector.injectConnection(socket);
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
    },
  });
};

const credentialsFrom = ({ certificateChain, privateKey }: TlsIdentity): ServerCredentials =>
  ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(privateKey), cert_chain: Buffer.from(certificateChain) },
  ]);
