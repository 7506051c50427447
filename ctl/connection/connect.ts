// A controller that has proven itself, and calls to it with the administrator's token.
import { join } from 'node:path';
import { Metadata, type handleUnaryCall } from '@grpc/grpc-js';
import {
  AdministrationClient,
  type AdministrationServer,
  type AuditEvent,
  type EventsRequest,
} from '../../proto/gen/meshover/v1/administration.ts';
import type { ControllerProof } from '../../shared/mesh/trust.ts';
import { CtlError } from '../ctl-error.ts';
import { readAdminToken } from './admin-token.ts';
import { callOnce, readStream, type UnaryMethod } from './call.ts';
import { greet } from './hello.ts';
import { judgeController } from './judge-controller.ts';
import {
  knownControllersPath,
  knownKey,
  rememberKey,
  type Environment,
} from './known-controllers.ts';
import { localKey } from './local-key.ts';
import { printServerAddress, type ServerAddress } from './server-address.ts';

export interface ConnectionGiven {
  readonly address: ServerAddress;
  readonly fingerprint: string;
  readonly stateDir: string;
  /** '' = admin.token in the state directory. */
  readonly tokenFile: string;
}

type Server = AdministrationServer;

/** The calls with one answer. */
type Calls = {
  readonly [
    N in keyof Server as Server[N] extends handleUnaryCall<never, unknown> ? N : never
  ]: Server[N] extends handleUnaryCall<infer Q, infer A>
    ? { readonly request: Q; readonly answer: A }
    : never;
};

export interface Controller {
  readonly address: ServerAddress;
  readonly proof: ControllerProof;
  readonly ask: <N extends keyof Calls>(
    call: N,
    request: Calls[N]['request'],
  ) => Promise<Calls[N]['answer']>;
  /** Until the controller ends it, or `stop` does. */
  readonly events: (request: EventsRequest, stop: AbortSignal) => AsyncGenerator<AuditEvent>;
  readonly close: () => void;
}

export const connectController = async (
  given: ConnectionGiven,
  environment: Environment,
): Promise<Controller> => {
  const token = readAdminToken(given.tokenFile || join(given.stateDir, 'admin.token'));
  const { channel, security, proof } = await greet(given.address);
  const server = printServerAddress(given.address);
  try {
    believe(given, { server, proof, path: knownControllersPath(environment) });
  } catch (fault) {
    channel.close();
    throw fault;
  }
  const client = new AdministrationClient(server, security, { channelOverride: channel });
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token.reveal()}`);
  return {
    ...{ address: given.address, proof },
    ask: <N extends keyof Calls>(call: N, request: Calls[N]['request']) => {
      const method = client[call].bind(client) as unknown as UnaryMethod<
        Calls[N]['request'],
        Calls[N]['answer']
      >;
      return callOnce({ server, metadata }, method, request);
    },
    events: (request, stop) => readStream(server, client.events(request, metadata), stop),
    close: () => {
      client.close();
    },
  };
};

interface Met {
  readonly server: string;
  readonly proof: ControllerProof;
  /** Of the known controllers. */
  readonly path: string;
}

const believe = (given: ConnectionGiven, { server, proof, path }: Met): void => {
  const key = knownKey(path, server);
  const judgement = judgeController({
    ...{ server, shown: proof.registerKey, fingerprint: given.fingerprint },
    known: key && { key, path },
    local: localKey(given.stateDir),
  });
  if (judgement.kind === 'refused') throw new CtlError(judgement.reason);
  if (judgement.remember) rememberKey(path, server, proof.registerKey);
};
