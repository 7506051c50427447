// The peers stream of one session, until it is cancelled or ends.
import type { Metadata, ServiceError } from '@grpc/grpc-js';
import type { PeersClient, WatchResponse } from '../../proto/gen/meshover/v1/peers.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import type { ReadEvent } from '../../shared/wire/view-event.ts';
import { failureFrom, type CallFailure } from './failure.ts';
import { assemble, type Assembly } from './snapshot.ts';

export interface WatchGiven {
  readonly resumeFrom: Revision | undefined;
  readonly onEvent: (read: ReadEvent) => void;
  readonly onEnd: (failure: CallFailure) => void;
}

export interface WatchCaller {
  readonly name: string;
  readonly address: string;
  readonly peers: PeersClient;
  readonly proof: () => Promise<Metadata>;
}

/** The result cancels; `onEnd` is then not called. */
export const watchPeers = (caller: WatchCaller, watching: WatchGiven): (() => void) => {
  let live = true;
  let cancel = (): void => undefined;
  const end = (failure: CallFailure): void => {
    if (!live) return;
    live = false;
    cancel();
    watching.onEnd(failure);
  };
  const read = reader(watching.onEvent);
  const start = (proof: Metadata): void => {
    if (!live) return;
    const resumeFrom = watching.resumeFrom && revisionToWire(watching.resumeFrom);
    const stream = caller.peers.watch({ name: caller.name, resumeFrom }, proof);
    cancel = () => {
      stream.cancel();
    };
    stream.on('data', (message: WatchResponse) => {
      const fault = live ? read(message) : undefined;
      if (fault !== undefined) end(broken(fault));
    });
    stream.on('error', (error: ServiceError) => {
      end(failureFrom(error, caller.address));
    });
    stream.on('end', () => {
      end({ ok: false, kind: 'resume', reason: `${caller.address} ended the peers stream` });
    });
  };
  caller.proof().then(start, (fault: unknown) => {
    end(broken(`cannot sign a proof: ${String(fault)}`));
  });
  return () => {
    live = false;
    cancel();
  };
};

const broken = (reason: string): CallFailure => ({ ok: false, kind: 'unreachable', reason });

/** Joins messages to events; gives a reason when one cannot be understood. */
const reader = (
  onEvent: (read: ReadEvent) => void,
): ((message: WatchResponse) => string | undefined) => {
  let pending: Assembly['pending'] = [];
  return (message) => {
    const next = assemble(pending, message);
    if (!next.ok) return next.reason;
    pending = next.value.pending;
    if (next.value.read !== undefined) onEvent(next.value.read);
    return undefined;
  };
};
