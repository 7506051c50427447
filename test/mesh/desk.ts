// An operator's desk: calls of the Administration service as promises.
import { Metadata, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import {
  AdministrationClient,
  type AuditEvent,
  type EventsRequest,
} from '../../proto/gen/meshover/v1/administration.ts';
import { channelOptions, secured, type Place } from './node.ts';

type Done<A> = (fault: ServiceError | null, answer: A) => void;

export class Desk {
  readonly client: AdministrationClient;
  readonly #metadata = new Metadata();

  constructor(place: Place, token: string) {
    this.client = new AdministrationClient(place.address, secured(place.authority), channelOptions);
    this.#metadata.set('authorization', `Bearer ${token}`);
  }

  /** `desk.ask((client, token, done) => client.listNodes({}, token, done))` */
  ask<A>(
    call: (client: AdministrationClient, token: Metadata, done: Done<A>) => unknown,
  ): Promise<A> {
    return new Promise((resolve, reject) => {
      call(this.client, this.#metadata, (fault, answer) => {
        if (fault === null) resolve(answer);
        else reject(fault);
      });
    });
  }

  events(request: Partial<EventsRequest> = {}): ClientReadableStream<AuditEvent> {
    return this.client.events({ after: 0n, follow: false, last: 0, ...request }, this.#metadata);
  }

  /** All that are kept now. */
  async log(request: Partial<EventsRequest> = {}): Promise<readonly AuditEvent[]> {
    const events: AuditEvent[] = [];
    for await (const event of this.events(request)) events.push(event as AuditEvent);
    return events;
  }

  async token(uses = 1): Promise<string> {
    const answer = await this.ask<{ token: string }>((client, token, done) =>
      client.createToken(
        {
          ...{ label: '', uses, lifetimeSeconds: 0n, hostnamePattern: '' },
          ...{ tags: [], advertise: [], gathering: [] },
        },
        token,
        done,
      ),
    );
    return answer.token;
  }

  close(): void {
    this.client.close();
  }
}
