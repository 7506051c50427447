// One call to the controller as a promise or as a stream, its failures told in a sentence.
import {
  Metadata,
  status,
  type CallOptions,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';
import { refusalFromWire, refusalMetadataKey } from '../../shared/wire/refusal.ts';
import { CtlError } from '../ctl-error.ts';

const deadlineMs = 10_000;

export type UnaryMethod<Q, A> = (
  ...call: [
    request: Q,
    metadata: Metadata,
    options: Partial<CallOptions>,
    callback: (fault: ServiceError | null, answer: A) => void,
  ]
) => ClientUnaryCall;

export interface Caller {
  /** For messages: "HOST:PORT". */
  readonly server: string;
  readonly metadata: Metadata;
}

export const callOnce = <Q, A>(
  { server, metadata }: Caller,
  method: UnaryMethod<Q, A>,
  request: Q,
): Promise<A> =>
  new Promise((resolve, reject) => {
    const options = { deadline: new Date(Date.now() + deadlineMs) };
    method(request, metadata, options, (fault, answer) => {
      if (fault === null) resolve(answer);
      else reject(new CtlError(sentenceOf(fault, server), fault));
    });
  });

/** Until the controller ends it, or `stop` does. */
export async function* readStream<A>(
  server: string,
  stream: ClientReadableStream<A>,
  stop: AbortSignal,
): AsyncGenerator<A> {
  const cancel = (): void => {
    stream.cancel();
  };
  stop.addEventListener('abort', cancel);
  try {
    for await (const message of stream) yield message as A;
  } catch (fault) {
    if (stop.aborted) return;
    throw isServiceError(fault) ? new CtlError(sentenceOf(fault, server), fault) : fault;
  } finally {
    stop.removeEventListener('abort', cancel);
    stream.cancel();
  }
}

const isServiceError = (fault: unknown): fault is ServiceError =>
  fault instanceof Error && 'metadata' in fault && 'details' in fault;

const sentenceOf = (fault: ServiceError, server: string): string => {
  const [bytes] = fault.metadata.get(refusalMetadataKey);
  const refusal = Buffer.isBuffer(bytes) ? refusalFromWire(bytes) : undefined;
  if (refusal !== undefined) return `${refusal.detail} (${refusal.code})`;
  if (fault.code === status.UNIMPLEMENTED) {
    return `the controller at ${server} does not know this call: it is older than this meshoverctl, update it`;
  }
  return `the controller at ${server} did not answer (${fault.details}): is it running, and is -controlserver right?`;
};
