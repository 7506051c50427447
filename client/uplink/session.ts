// The calls to one controller over one TLS connection, in our words.
import { Channel, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import {
  JoiningClient,
  JoiningService,
  type JoinResponse,
} from '../../proto/gen/meshover/v1/joining.ts';
import { PeersClient, PeersService } from '../../proto/gen/meshover/v1/peers.ts';
import { StatusClient, StatusService } from '../../proto/gen/meshover/v1/status.ts';
import { programVersion } from '../../shared/version.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import { joinRequestToWire } from '../../shared/wire/join-request.ts';
import { nodeStatusToWire } from '../../shared/wire/node-status.ts';
import { failureFrom, type CallResult } from './failure.ts';
import { joinedFrom, type Joined } from './joined.ts';
import type { Authority } from './trust.ts';
import { watchPeers, type WatchGiven } from './watch.ts';

const callMs = 15_000;

const channelOptions = {
  // The name in every controller's certificate, whatever address it is reached at.
  'grpc.ssl_target_name_override': 'meshover-controller',
  'grpc.default_authority': 'meshover-controller',
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
};

export interface SessionGiven {
  readonly address: string;
  readonly authority: Authority;
  readonly name: Hostname;
  /** A fresh proof for one call of `method` (full path). */
  readonly prove: (method: string) => Promise<string>;
}

export interface Session {
  join(request: JoinRequest, dryRun: boolean): Promise<CallResult<Joined>>;
  /** The result cancels; `onEnd` is then not called. */
  watch(given: WatchGiven): () => void;
  report(status: NodeStatus): Promise<CallResult<undefined>>;
  close(): void;
}

export const openSession = (given: SessionGiven): Session => {
  const security = credentials.createSsl(Buffer.from(given.authority));
  const channel = new Channel(given.address, security, channelOptions);
  const options = { channelOverride: channel };
  const closed: (() => void)[] = [];
  const joining = new JoiningClient(given.address, security, options);
  const peers = new PeersClient(given.address, security, options);
  const status = new StatusClient(given.address, security, options);
  return {
    join: async (request, dryRun) => {
      const message = joinRequestToWire(request, { version: programVersion, dryRun });
      const result = await call<JoinResponse>(given, JoiningService.join.path, (proof, done) => {
        joining.join(message, proof, deadline(), done);
      });
      return result.ok ? joinedFrom(result.value) : result;
    },
    watch: (watching) => {
      const proof = (): Promise<Metadata> => proofFor(given, PeersService.watch.path);
      const caller = { name: given.name, address: given.address, peers, proof };
      const cancel = watchPeers(caller, watching);
      closed.push(() => {
        cancel();
        watching.onEnd({ ok: false, kind: 'unreachable', reason: 'the connection was closed' });
      });
      return cancel;
    },
    report: async (nodeStatus) => {
      const request = { name: given.name, status: nodeStatusToWire(nodeStatus) };
      const result = await call<unknown>(given, StatusService.report.path, (proof, done) => {
        status.report(request, proof, deadline(), done);
      });
      return result.ok ? { ok: true, value: undefined } : result;
    },
    close: () => {
      // A channel that is closed lets its open streams live on.
      for (const end of closed.splice(0)) end();
      channel.close();
    },
  };
};

const deadline = (): { deadline: number } => ({ deadline: Date.now() + callMs });

type Done<T> = (error: ServiceError | null, response: T) => void;

const call = async <T>(
  given: SessionGiven,
  method: string,
  start: (proof: Metadata, done: Done<T>) => void,
): Promise<CallResult<T>> => {
  const proof = await proofFor(given, method);
  return new Promise((resolve) => {
    start(proof, (error, response) => {
      resolve(error === null ? { ok: true, value: response } : failureFrom(error, given.address));
    });
  });
};

const proofFor = async (given: SessionGiven, method: string): Promise<Metadata> => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${await given.prove(method)}`);
  return metadata;
};
