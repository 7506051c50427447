// The calls to one controller over one TLS connection, in our words.
import { randomBytes } from 'node:crypto';
import { Channel, Metadata, type ServiceError } from '@grpc/grpc-js';
import {
  JoiningClient,
  JoiningService,
  type HelloResponse,
  type JoinResponse,
} from '../../proto/gen/meshover/v1/joining.ts';
import { Signed as WireSigned } from '../../proto/gen/meshover/v1/mesh.ts';
import { PeersClient, PeersService } from '../../proto/gen/meshover/v1/peers.ts';
import { StatusClient, StatusService } from '../../proto/gen/meshover/v1/status.ts';
import { programVersion } from '../../shared/version.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';
import { joinRequestToWire } from '../../shared/wire/join-request.ts';
import { nodeStatusToWire } from '../../shared/wire/node-status.ts';
import { closeSigned } from '../../shared/wire/signed.ts';
import { BoundCredentials } from './bound-credentials.ts';
import { failureFrom, type CallResult } from './failure.ts';
import { checkHello, type Presented } from './hello.ts';
import { joinedFrom, type Joined } from './joined.ts';
import { watchPeers, type WatchCaller, type WatchGiven } from './watch.ts';

const callMs = 15_000;

const channelOptions = {
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
  readonly name: Hostname;
  /** A fresh proof for one call of `method` (full path). */
  readonly prove: (method: string) => Promise<string>;
}

export interface Session {
  /** Which register is behind the connection; before anything secret is said. */
  hello(): Promise<CallResult<Presented>>;
  join(request: JoinRequest, dryRun: boolean): Promise<CallResult<Joined>>;
  /** The result cancels; `onEnd` is then not called. */
  watch(given: WatchGiven): () => void;
  report(status: NodeStatus): Promise<CallResult<undefined>>;
  close(): void;
}

export const openSession = (given: SessionGiven): Session => {
  const security = new BoundCredentials(hostOf(given.address));
  const channel = new Channel(given.address, security, channelOptions);
  const { joining, peers, status } = clientsOn(channel, given.address, security);
  const closed: (() => void)[] = [];
  let live = true;
  const isLive = (): boolean => live;
  return {
    hello: () => sayHello(given, joining, security),
    join: (request, dryRun) => askToJoin(given, { joining, isLive, request, dryRun }),
    watch: (watching) => {
      const end = (): void => {
        watching.onEnd({ ok: false, kind: 'unreachable', reason: closedText });
      };
      if (!live) {
        end();
        return () => undefined;
      }
      const cancel = watchPeers(callerFor(given, peers), watching);
      closed.push(cancel, end);
      return cancel;
    },
    report: async (nodeStatus) => {
      const request = { name: given.name, status: nodeStatusToWire(nodeStatus) };
      const result = await call<unknown>(given, {
        ...{ method: StatusService.report.path, isLive },
        start: (proof, done) => status.report(request, proof, deadline(), done),
      });
      return result.ok ? { ok: true, value: undefined } : result;
    },
    close: () => {
      live = false;
      // A channel that is closed lets its open streams live on.
      for (const end of closed.splice(0)) end();
      channel.close();
    },
  };
};

const clientsOn = (
  channelOverride: Channel,
  address: string,
  security: BoundCredentials,
): {
  readonly joining: JoiningClient;
  readonly peers: PeersClient;
  readonly status: StatusClient;
} => ({
  joining: new JoiningClient(address, security, { channelOverride }),
  peers: new PeersClient(address, security, { channelOverride }),
  status: new StatusClient(address, security, { channelOverride }),
});

const callerFor = (given: SessionGiven, peers: PeersClient): WatchCaller => ({
  name: given.name,
  address: given.address,
  peers,
  proof: () => proofFor(given, PeersService.watch.path),
});

const deadline = (): { deadline: number } => ({ deadline: Date.now() + callMs });

const hostOf = (address: string): string =>
  address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');

type Done<T> = (error: ServiceError | null, response: T) => void;

/** Needs no proof of this node: the controller is the first to show who it is. */
const sayHello = async (
  given: SessionGiven,
  joining: JoiningClient,
  security: BoundCredentials,
): Promise<CallResult<Presented>> => {
  const nonce = randomBytes(32);
  const answer = await answerOf<HelloResponse>(given, (done) => {
    joining.hello({ nonce }, new Metadata(), deadline(), done);
  });
  if (!answer.ok) return answer;
  const { proof } = answer.value;
  const presented = checkHello(proof && closeSigned(WireSigned.fromPartial(proof)), {
    nonce: nonce.toString('hex'),
    certificateHash: security.certificateHash ?? '',
  });
  return presented.ok
    ? presented
    : { ok: false, kind: 'untrusted', reason: `${given.address}: ${presented.reason}` };
};

interface JoinCall extends Pick<Call<JoinResponse>, 'isLive'> {
  readonly joining: JoiningClient;
  readonly request: JoinRequest;
  readonly dryRun: boolean;
}

const askToJoin = async (
  given: SessionGiven,
  { joining, isLive, request, dryRun }: JoinCall,
): Promise<CallResult<Joined>> => {
  const message = joinRequestToWire(request, { version: programVersion, dryRun });
  const result = await call<JoinResponse>(given, {
    ...{ method: JoiningService.join.path, isLive },
    start: (proof, done) => joining.join(message, proof, deadline(), done),
  });
  return result.ok ? joinedFrom(result.value) : result;
};

interface Call<T> {
  readonly method: string;
  /** A channel that is closed throws. */
  readonly isLive: () => boolean;
  readonly start: (proof: Metadata, done: Done<T>) => void;
}

const call = async <T>(
  given: SessionGiven,
  { method, isLive, start }: Call<T>,
): Promise<CallResult<T>> => {
  const proof = await proofFor(given, method);
  if (!isLive()) return { ok: false, kind: 'unreachable', reason: closedText };
  return answerOf<T>(given, (done) => {
    start(proof, done);
  });
};

const closedText = 'the connection was closed';

const answerOf = <T>(given: SessionGiven, start: (done: Done<T>) => void): Promise<CallResult<T>> =>
  new Promise((resolve) => {
    start((error, response) => {
      resolve(error === null ? { ok: true, value: response } : failureFrom(error, given.address));
    });
  });

const proofFor = async (given: SessionGiven, method: string): Promise<Metadata> => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${await given.prove(method)}`);
  return metadata;
};
