// A node of the mesh as the controller sees it: joins, follows its peers, keeps its view.
import { generateKeyPairSync, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { credentials, Metadata, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import { SignJWT } from 'jose';
import {
  JoiningClient,
  type HelloResponse,
  type JoinResponse,
} from '../../proto/gen/meshover/v1/joining.ts';
import {
  PeersClient,
  type Delta,
  type SnapshotChunk,
  type WatchResponse,
} from '../../proto/gen/meshover/v1/peers.ts';
import {
  Signed as WireSigned,
  type Peer,
  type Revision,
  type Tombstone,
} from '../../proto/gen/meshover/v1/mesh.ts';
import type { ControllerProof, Signed } from '../../shared/mesh/trust.ts';
import { peekWord } from '../../shared/trust/signed.ts';
import { controllerProofKind, signedFromWire } from '../../shared/wire/signed.ts';
import { StatusClient } from '../../proto/gen/meshover/v1/status.ts';
import type { NodeStatus } from '../../proto/gen/meshover/v1/status.ts';

export interface Place {
  readonly address: string;
  readonly authority: string;
}

interface WatchEvent {
  readonly snapshot: SnapshotChunk | undefined;
  readonly delta: Delta | undefined;
}

export const secured = (authority: string): ReturnType<typeof credentials.createSsl> =>
  credentials.createSsl(Buffer.from(authority), null, null, {
    checkServerIdentity: () => undefined,
  });

export const channelOptions = {
  'grpc.ssl_target_name_override': 'meshover-controller',
  'grpc.default_authority': 'meshover-controller',
  'grpc.use_local_subchannel_pool': 1,
};

const rawKey = (key: KeyObject): Buffer =>
  Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');

export const controllerProof = async (place: Place): Promise<ControllerProof> => {
  const client = new JoiningClient(place.address, secured(place.authority), channelOptions);
  try {
    const signed = await new Promise<Signed>((resolve, reject) => {
      client.hello({ nonce: randomBytes(32) }, (fault, answer?: HelloResponse) => {
        const { proof } = answer ?? {};
        const word = proof && signedFromWire(WireSigned.encode(proof).finish());
        if (word === undefined) reject(fault ?? new Error('no proof'));
        else resolve(word);
      });
    });
    const word = peekWord(controllerProofKind, signed);
    if (!word.ok) throw new Error(word.reason);
    return word.value;
  } finally {
    client.close();
  }
};

export class MeshNode {
  readonly name: string;
  readonly identity = generateKeyPairSync('ed25519');
  readonly wireguardKey = rawKey(generateKeyPairSync('x25519').publicKey);
  readonly peers = new Map<string, Peer>();
  readonly tombstones = new Map<string, Tombstone>();
  /** Messages of the current watch. */
  events: WatchEvent[] = [];
  revision: Revision | undefined;
  /** What its proofs are for: register and certificate, as the last controller that was met told. */
  audience = '';
  ended: ServiceError | undefined;
  #waiting: { check: () => boolean; done: () => void }[] = [];
  #close: (() => void)[] = [];
  #stream: ClientReadableStream<WatchResponse> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  async proof(method: string, changes: Record<string, unknown> = {}): Promise<Metadata> {
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: this.name, aud: this.audience, method, jti: randomUUID() };
    const token = await new SignJWT({ ...claims, iat: now, exp: now + 60, ...changes })
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(this.identity.privateKey);
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    return metadata;
  }

  async join(place: Place, changes: object = {}, proof?: Metadata): Promise<JoinResponse> {
    const client = new JoiningClient(place.address, secured(place.authority), channelOptions);
    const request = {
      ...{ name: this.name, wireguardKey: this.wireguardKey, endpoints: ['[2001:db8::1]:51820'] },
      identityKey: rawKey(this.identity.publicKey),
      ...{ gathering: [], advertise: [], linkDriver: 'LINK_DRIVER_IP6GRE' as const },
      ...{ token: '', version: 'test', dryRun: false },
      ...{ signedStatement: Buffer.alloc(0), succession: Buffer.alloc(0) },
      ...changes,
    };
    const metadata = proof ?? (await this.#proofAt(place, '/meshover.v1.Joining/Join'));
    try {
      return await new Promise<JoinResponse>((resolve, reject) => {
        client.join(request, metadata, (error, answer) => {
          if (error === null) resolve(answer);
          else reject(error);
        });
      });
    } finally {
      client.close();
    }
  }

  async watch(place: Place, proof?: Metadata): Promise<void> {
    const client = new PeersClient(place.address, secured(place.authority), channelOptions);
    const metadata = proof ?? (await this.#proofAt(place, '/meshover.v1.Peers/Watch'));
    this.events = [];
    this.ended = undefined;
    const stream = client.watch({ name: this.name, resumeFrom: this.revision }, metadata);
    this.#stream = stream;
    stream.on('data', ({ event }: WatchResponse) => {
      this.#take({
        snapshot: event?.$case === 'snapshot' ? event.value : undefined,
        delta: event?.$case === 'delta' ? event.value : undefined,
      });
    });
    stream.on('error', (error: ServiceError) => {
      this.ended ??= error;
      this.#look();
    });
    this.#close.push(() => {
      stream.cancel();
      client.close();
    });
  }

  async report(place: Place, status: NodeStatus, name = this.name): Promise<void> {
    const client = new StatusClient(place.address, secured(place.authority), channelOptions);
    const metadata = await this.#proofAt(place, '/meshover.v1.Status/Report');
    try {
      await new Promise<void>((resolve, reject) => {
        client.report({ name, status }, metadata, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    } finally {
      client.close();
    }
  }

  /** Stops reading from the network, as a node that hangs. */
  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  until(check: () => boolean): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ check, done });
      this.#look();
    });
  }

  leave(): void {
    for (const close of this.#close.splice(0)) close();
  }

  async #proofAt(place: Place, method: string): Promise<Metadata> {
    await this.meet(place);
    return this.proof(method);
  }

  /** Learns whom proofs are for; it believes what it is told. */
  async meet(place: Place): Promise<void> {
    const { registerId, certificateHash } = await controllerProof(place);
    this.audience = `${registerId} ${certificateHash}`;
  }

  #take(event: WatchEvent): void {
    this.events.push(event);
    const part = event.snapshot ?? event.delta;
    if (event.snapshot !== undefined && this.events.length === 1) this.peers.clear();
    for (const peer of part?.peers ?? []) {
      this.peers.set(peer.name, peer);
      this.tombstones.delete(peer.name);
    }
    for (const tombstone of part?.tombstones ?? []) {
      this.tombstones.set(tombstone.name, tombstone);
      this.peers.delete(tombstone.name);
    }
    if (event.snapshot?.last === true) this.revision = event.snapshot.revision;
    if (event.delta !== undefined) this.revision = event.delta.to;
    this.#look();
  }

  #look(): void {
    const ready = this.#waiting.filter(({ check }) => check());
    this.#waiting = this.#waiting.filter((each) => !ready.includes(each));
    for (const { done } of ready) done();
  }
}
