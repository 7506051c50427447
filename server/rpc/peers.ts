// The service by which nodes follow their peers.
import {
  status,
  type handleServerStreamingCall,
  type ServerWritableStream,
  type StatusObject,
} from '@grpc/grpc-js';
import { PeersService, type WatchRequest } from '../../proto/gen/meshover/v1/peers.ts';
import { parseHostname, type Hostname } from '../../shared/address/hostname.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { revisionFromWire } from '../../shared/wire/revision.ts';
import type { Listener } from '../hub/broadcast.ts';
import { admitCall } from './admit-call.ts';
import { countedStatus, statusOfFault } from './answer.ts';
import type { RpcGiven } from './given.ts';
import { statusOfRefusal } from './status-of-refusal.ts';

/** As generated, but the messages are bytes already: encoded once, written to every stream. */
export const peersService = {
  watch: { ...PeersService.watch, responseSerialize: (bytes: Buffer): Buffer => bytes },
} as const;

type Stream = ServerWritableStream<WatchRequest, Buffer>;

export const peersServer = (
  given: RpcGiven,
): { readonly watch: handleServerStreamingCall<WatchRequest, Buffer> } => ({
  watch: (stream) => {
    // A stream that breaks also says 'close', and that is what ends the watching.
    stream.on('error', (fault) => {
      given.log.debug('a peers stream broke', { error: fault.message });
    });
    watcherOf(given, stream).then(
      (watcher) => {
        if (watcher.ok) follow(given, stream, watcher.value);
        else fail(stream, countedStatus(given, watcher.refusal));
      },
      (fault: unknown) => {
        fail(stream, statusOfFault(given, PeersService.watch.path, fault));
      },
    );
  },
});

interface Watcher {
  readonly name: Hostname;
  readonly held: Revision | undefined;
}

const watcherOf = async (given: RpcGiven, stream: Stream): Promise<Outcome<Watcher>> => {
  const { metadata, request } = stream;
  const { path: method } = PeersService.watch;
  const peer = stream.getPeer();
  const admitted = await admitCall(given, { method, metadata, peer, name: request.name });
  if (!admitted.ok) return admitted;
  const name = parseHostname(request.name);
  if (!name.ok) return refused('malformed', name.reason);
  if (request.resumeFrom === undefined) return accepted({ name: name.value, held: undefined });
  const held = revisionFromWire(request.resumeFrom);
  return held.ok
    ? accepted({ name: name.value, held: held.value })
    : refused('malformed', `resume_from: ${held.reason}`);
};

const follow = (given: RpcGiven, stream: Stream, { name, held }: Watcher): void => {
  if (stream.cancelled || stream.destroyed) return;
  const listener: Listener = {
    name,
    send: (bytes, sent) => {
      stream.write(bytes, (fault?: Error | null) => {
        if (!fault) sent();
      });
    },
    end: (reason) => {
      // A stream that ends well is resumed at once, with a fresh proof.
      if (reason === 'renew') stream.end();
      else fail(stream, reason === 'removed' ? statusOfRefusal(removed(name)) : stopping);
    },
  };
  const stop = given.hub.watch(listener, held);
  stream.on('cancelled', stop);
  stream.on('close', stop);
};

const stopping = { code: status.UNAVAILABLE, details: 'the controller stops' };

const removed = (name: Hostname): { readonly code: 'removed'; readonly detail: string } => ({
  code: 'removed',
  detail: `node "${name}" was removed by an operator`,
});

/** grpc-js takes the status of a stream from an 'error' event; a destroyed stream tells nothing. */
const fail = (stream: Stream, reason: Partial<StatusObject>): void => {
  stream.emit('error', Object.assign(new Error('stream ended'), reason));
};
