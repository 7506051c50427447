// Calls to the controller: over TLS to the pinned authority, with the admin token.
import {
  credentials,
  Metadata,
  type CallOptions,
  type ClientUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';
import { AdministrationClient } from '../proto/gen/meshover/v1/administration.ts';
import { Secret } from '../shared/log/secret.ts';
import { refusalFromWire, refusalMetadataKey } from '../shared/wire/refusal.ts';
import { authorityFor } from './authority.ts';
import { CtlError } from './ctl-error.ts';
import type { CtlFlags } from './flags.ts';
import { readNeeded } from './read-needed.ts';

/** Every server certificate of Meshover has this name, whatever address reaches it. */
const serverName = 'meshover-controller';

const deadlineMs = 10_000;

export interface Controller {
  readonly client: AdministrationClient;
  /** One call, as a promise. */
  readonly ask: <Q, A>(method: UnaryMethod<Q, A>, request: Q) => Promise<A>;
}

type UnaryMethod<Q, A> = (
  ...call: [
    request: Q,
    metadata: Metadata,
    options: Partial<CallOptions>,
    callback: (fault: ServiceError | null, answer: A) => void,
  ]
) => ClientUnaryCall;

export const connectController = async (flags: CtlFlags): Promise<Controller> => {
  const token = new Secret(readNeeded(flags['token-file'], '-token-file').toString().trim());
  const authority = await authorityFor(flags);
  const client = new AdministrationClient(flags.controlserver, credentials.createSsl(authority), {
    'grpc.ssl_target_name_override': serverName,
    'grpc.default_authority': serverName,
    'grpc.enable_http_proxy': 0,
    'grpc.max_receive_message_length': 64 * 1024 * 1024,
  });
  return {
    client,
    ask: (method, request) =>
      new Promise((resolve, reject) => {
        const metadata = new Metadata();
        metadata.set('authorization', `Bearer ${token.reveal()}`);
        const options = { deadline: new Date(Date.now() + deadlineMs) };
        method.call(client, request, metadata, options, (fault, answer) => {
          if (fault === null) resolve(answer);
          else reject(new CtlError(sentenceOf(fault, flags.controlserver), fault));
        });
      }),
  };
};

const sentenceOf = (fault: ServiceError, server: string): string => {
  const [bytes] = fault.metadata.get(refusalMetadataKey);
  const refusal = Buffer.isBuffer(bytes) ? refusalFromWire(bytes) : undefined;
  if (refusal !== undefined) return `${refusal.detail} (${refusal.code})`;
  if (fault.details.includes('certificate')) {
    return `the controller at ${server} is not the one that -ca names (${fault.details}): give -ca the authority.pem of its state directory`;
  }
  return `the controller at ${server} did not answer (${fault.details}): is it running, and is -controlserver right?`;
};
