// A controller on a script: real gRPC over real TLS on loopback, answers as the test says.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  Metadata,
  Server,
  ServerCredentials,
  status as grpcStatus,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import {
  JoiningService,
  Membership,
  type JoinRequest,
  type JoinResponse,
  type JoiningServer,
} from '../../proto/gen/meshover/v1/joining.ts';
import {
  PeersService,
  type PeersServer,
  type WatchRequest,
  type WatchResponse,
} from '../../proto/gen/meshover/v1/peers.ts';
import {
  StatusService,
  type ReportRequest,
  type StatusServer,
} from '../../proto/gen/meshover/v1/status.ts';
import { Signed } from '../../proto/gen/meshover/v1/mesh.ts';
import {
  certificateHashOf,
  newAuthority,
  newServerLeaf,
  type PemPair,
} from '../../server/auth/authority.ts';
import type { Refusal } from '../../shared/outcome/refusal.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { Signed as SignedWord } from '../../shared/mesh/trust.ts';
import { peerToWire } from '../../shared/wire/peer.ts';
import { refusalMetadataKey, refusalToWire } from '../../shared/wire/refusal.ts';
import { settingsToWire } from '../../shared/wire/settings.ts';
import { controllerProofKind, membershipKind, signedToWire } from '../../shared/wire/signed.ts';
import { registerKeyOf, signWord } from '../../shared/trust/signed.ts';
import { viewFixture } from './view.ts';

type Stream = ServerWritableStream<WatchRequest, WatchResponse>;

export class ScriptedController {
  readonly authority: PemPair;
  readonly joins: JoinRequest[] = [];
  readonly proofs: string[] = [];
  readonly watches: WatchRequest[] = [];
  readonly reports: ReportRequest[] = [];
  streams: readonly Stream[] = [];
  refusal: Refusal | undefined;
  membership: Membership = Membership.MEMBERSHIP_ADMITTED;
  /** What a join is answered with, and what a new stream says first. */
  self: Peer;
  revision: Revision;
  first: readonly WatchResponse[] = [];
  operatorKeys: NetworkSettings['operatorKeys'] = [];
  /** The register's key: another one is another controller. */
  registerKey: KeyObject = generateKeyPairSync('ed25519').privateKey;
  /** How far its clock is ahead. */
  clockOffsetMs = 0;
  /** Signs memberships in place of the register's key. */
  certificateKey: KeyObject | undefined;
  #statement: Buffer = Buffer.alloc(0);
  #helloOf: ScriptedController | undefined;
  #certificateHash = '';
  #server: Server | undefined;
  #port = 0;

  private constructor(authority: PemPair, self: Peer) {
    this.authority = authority;
    this.self = self;
    this.revision = viewFixture(self, []).revision;
  }

  static async start(self: Peer, authority?: PemPair): Promise<ScriptedController> {
    const controller = new ScriptedController(authority ?? (await newAuthority()), self);
    await controller.listen();
    return controller;
  }

  get address(): string {
    return `127.0.0.1:${String(this.#port)}`;
  }

  async listen(): Promise<void> {
    const leaf = await newServerLeaf(this.authority);
    this.#certificateHash = certificateHashOf(leaf.certificate);
    const server = new Server();
    server.addService(JoiningService, this.#joining());
    server.addService(PeersService, this.#peers());
    server.addService(StatusService, this.#status());
    const credentials = ServerCredentials.createSsl(null, [
      {
        private_key: Buffer.from(leaf.key.reveal()),
        cert_chain: Buffer.from(leaf.certificate + '\n' + this.authority.certificate),
      },
    ]);
    this.#server = server;
    this.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(this.address, credentials, (fault, port) => {
        if (fault === null) resolve(port);
        else reject(fault);
      });
    });
  }

  /** Answers as a man in the middle would: with what the other one says. */
  relaysHelloOf(other: ScriptedController): void {
    this.#helloOf = other;
  }

  send(message: WatchResponse): void {
    for (const stream of this.streams) stream.write(message);
  }

  endStreams(): void {
    for (const stream of this.streams) stream.end();
    this.streams = [];
  }

  stop(): void {
    this.#server?.forceShutdown();
    this.streams = [];
  }

  #joining(): JoiningServer {
    return {
      hello: (call, answer) => {
        answer(null, { proof: (this.#helloOf ?? this).#proof(call.request.nonce) });
      },
      join: (call, answer) => {
        this.joins.push(call.request);
        this.proofs.push(String(call.metadata.get('authorization')[0]));
        if (this.refusal === undefined) answer(null, this.#joined(call.request));
        else answer(refusedBy(this.refusal));
      },
    };
  }

  #proof(nonce: Buffer): Signed {
    const word = {
      nonce: nonce.toString('hex'),
      registerId: this.revision.registerId,
      registerKey: registerKeyOf(this.registerKey),
      certificateHash: this.#certificateHash,
      nowMs: BigInt(Date.now() + this.clockOffsetMs),
    };
    return Signed.decode(signedToWire(signWord(controllerProofKind, word, this.registerKey)));
  }

  #joined(request: JoinRequest): JoinResponse {
    if (request.signedStatement.length > 0) this.#statement = request.signedStatement;
    const { settings } = viewFixture(this.self, []);
    const peers = this.first.flatMap(({ event }) => event?.value.peers ?? []);
    return {
      membership: this.membership,
      self: { ...peerToWire(this.self, 1n), signedStatement: this.#statement },
      revision: this.revision,
      settings: settingsToWire({ ...settings, operatorKeys: this.operatorKeys }),
      membershipCertificate: signedToWire(this.#certificateFor(request)),
      peers: request.dryRun ? peers : [],
      unauthorisedAdvertise: [],
      unauthorisedGathering: [],
    };
  }

  /** A place of its own for whoever asks. */
  #certificateFor({ identityKey }: JoinRequest): SignedWord {
    const word = {
      ...this.self,
      ...{ registerId: this.revision.registerId, epoch: 1n, serial: 1n, issuedAtSeconds: 1n },
      identityKey: Buffer.from(identityKey).toString('base64') as Peer['identityKey'],
    };
    return signWord(membershipKind, word, this.certificateKey ?? this.registerKey);
  }

  #peers(): PeersServer {
    return {
      watch: (stream) => {
        this.watches.push(stream.request);
        this.streams = [...this.streams, stream];
        for (const message of this.first) stream.write(message);
      },
    };
  }

  #status(): StatusServer {
    return {
      report: (call, answer) => {
        this.reports.push(call.request);
        answer(null, {});
      },
    };
  }
}

const refusedBy = (refusal: Refusal): { code: number; details: string; metadata: Metadata } => {
  const metadata = new Metadata();
  metadata.set(refusalMetadataKey, refusalToWire(refusal));
  return { code: grpcStatus.PERMISSION_DENIED, details: refusal.detail, metadata };
};
