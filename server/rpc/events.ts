// The audit log as a stream: what is kept, page by page, then what comes.
import type { ServerWritableStream } from '@grpc/grpc-js';
import {
  AdministrationService,
  type AdministrationServer,
  type AuditEvent as WireEvent,
  type EventsRequest,
} from '../../proto/gen/meshover/v1/administration.ts';
import { refused, type Refusal } from '../../shared/outcome/refusal.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { fileAdministrator } from '../register/administrator.ts';
import { lookUp } from '../register/persistent-map.ts';
import type { AuditEvent } from '../register/record.ts';
import { admitCall, type Caller } from './admit-call.ts';
import { countedStatus, statusOfFault } from './answer.ts';
import type { RpcGiven } from './given.ts';

type Stream = ServerWritableStream<EventsRequest, WireEvent>;

const eventsPerPage = 500;
const mostStreams = 100;

// Nothing is kept for a reader: it gets the next page from the store when it has taken the last one.
export const eventsCall = (given: RpcGiven): AdministrationServer['events'] => {
  const open = { count: 0 };
  return (stream) => {
    stream.on('error', (fault) => {
      given.log.debug('an events stream broke', { error: fault.message });
    });
    serve(given, stream, open).then(
      (refusal) => {
        if (refusal === undefined) stream.end();
        else fail(stream, countedStatus(given, refusal));
      },
      (fault: unknown) => {
        fail(stream, statusOfFault(given, AdministrationService.events.path, fault));
      },
    );
  };
};

/** Resolves when all is said; a refusal is why it ends early. */
const serve = async (
  given: RpcGiven,
  stream: Stream,
  open: { count: number },
): Promise<Refusal | undefined> => {
  const { path: method } = AdministrationService.events;
  const { metadata } = stream;
  const caller = await admitCall(given, { method, metadata, peer: stream.getPeer(), name: '' });
  if (!caller.ok) return caller.refusal;
  if (open.count >= mostStreams) {
    return refused('overloaded', `${mostStreams} streams of events are open already`).refusal;
  }
  open.count++;
  const waker = wakerFor(given, stream);
  try {
    return await tell(given, { stream, waker, caller: caller.value });
  } finally {
    open.count--;
    waker.stop();
  }
};

interface Telling {
  readonly stream: Stream;
  readonly waker: Waker;
  readonly caller: Caller;
}

const tell = async (
  { hub, auditLog }: RpcGiven,
  { stream, waker, caller }: Telling,
): Promise<Refusal | undefined> => {
  const { after, follow, last } = stream.request;
  const newest = hub.register().lastEvent;
  const since = last === 0 ? 0n : newest - BigInt(last);
  let told = after > since ? after : since;
  for (;;) {
    const page = await auditLog.readEvents(told, eventsPerPage);
    for (const event of page) {
      if (!waker.isLive()) return undefined;
      if (!stream.write(eventToWire(event))) await waker.next('drain');
      told = event.number;
    }
    if (!waker.isLive()) return undefined;
    if (page.length > 0) continue;
    if (!follow) return undefined;
    await waker.next('events');
    if (!mayStillRead({ hub }, caller)) {
      return refused('forbidden', 'this administrator was revoked').refusal;
    }
  }
};

const mayStillRead = ({ hub }: Pick<RpcGiven, 'hub'>, { administrator }: Caller): boolean => {
  const name = administrator?.name ?? '';
  return name === fileAdministrator || lookUp(hub.register().administrators, name) !== undefined;
};

interface Waker {
  isLive(): boolean;
  /** Resolves when the reader can take more, or when there are new events; also when the stream is over. */
  next(what: 'drain' | 'events'): Promise<void>;
  stop(): void;
}

const wakerFor = ({ hub }: RpcGiven, stream: Stream): Waker => {
  let isLive = true;
  let isNew = false;
  let wake: (() => void) | undefined;
  let waitsFor: 'drain' | 'events' | undefined;
  const happened = (what: 'drain' | 'events' | 'end'): void => {
    if (what === 'end') isLive = false;
    if (what === 'events') isNew = true;
    if (what !== 'end' && what !== waitsFor) return;
    wake?.();
  };
  const end = (): void => {
    happened('end');
  };
  stream.on('drain', () => {
    happened('drain');
  });
  for (const word of ['cancelled', 'close', 'error']) stream.on(word, end);
  const stop = hub.onEvents(() => {
    happened('events');
  });
  return {
    isLive: () => isLive,
    next: async (what) => {
      if (isLive && !(what === 'events' && isNew)) {
        waitsFor = what;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        waitsFor = undefined;
      }
      if (what === 'events') isNew = false;
    },
    stop,
  };
};

const eventToWire = (event: AuditEvent): WireEvent => ({
  number: event.number,
  atMs: BigInt(Math.floor(event.atMs)),
  who: event.who,
  what: event.what,
  subject: event.subject,
  old: event.old,
  new: event.new,
  revision: revisionToWire(event.revision),
});

const fail = (stream: Stream, reason: object): void => {
  stream.emit('error', Object.assign(new Error('stream ended'), reason));
};
