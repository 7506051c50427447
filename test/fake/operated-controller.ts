// A controller that operators talk to, on a script: real gRPC over real TLS, a real proof of its key, answers as the test says.
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { Metadata, Server, ServerCredentials, status as grpcStatus } from '@grpc/grpc-js';
import {
  AdministrationService,
  type AdministrationServer,
  type AuditEvent,
} from '../../proto/gen/meshover/v1/administration.ts';
import { JoiningService, type JoiningServer } from '../../proto/gen/meshover/v1/joining.ts';
import { Signed as WireSigned } from '../../proto/gen/meshover/v1/mesh.ts';
import { newAuthority, newServerLeaf } from '../../server/auth/authority.ts';
import type { RegisterKey } from '../../shared/address/key.ts';
import type { ControllerProof } from '../../shared/mesh/trust.ts';
import type { Refusal } from '../../shared/outcome/refusal.ts';
import { registerKeyOf, signWord } from '../../shared/trust/signed.ts';
import { refusalMetadataKey, refusalToWire } from '../../shared/wire/refusal.ts';
import { controllerProofKind, signedToWire } from '../../shared/wire/signed.ts';

type CallName = Exclude<keyof typeof AdministrationService, 'events'>;

export interface Asked {
  readonly call: string;
  readonly request: unknown;
  readonly authorization: string;
}

export class OperatedController {
  readonly key = generateKeyPairSync('ed25519');
  readonly asked: Asked[] = [];
  readonly answers: Partial<Record<CallName, unknown>> = {};
  readonly refusals: Partial<Record<CallName, Refusal | undefined>> = {};
  events: readonly AuditEvent[] = [];
  /** What a controller that lies says in place of the truth. */
  lie: Partial<ControllerProof> = {};
  #server: Server | undefined;
  #port = 0;

  get registerKey(): RegisterKey {
    return registerKeyOf(this.key.privateKey);
  }

  get address(): string {
    return `127.0.0.1:${String(this.#port)}`;
  }

  static async start(): Promise<OperatedController> {
    const controller = new OperatedController();
    await controller.#listen();
    return controller;
  }

  stop(): void {
    this.#server?.forceShutdown();
  }

  async #listen(): Promise<void> {
    const authority = await newAuthority();
    const leaf = await newServerLeaf(authority);
    const server = new Server();
    server.addService(JoiningService, this.#joining(new X509Certificate(leaf.certificate)));
    server.addService(AdministrationService, this.#administration());
    const pair = {
      private_key: Buffer.from(leaf.key.reveal()),
      cert_chain: Buffer.from(leaf.certificate),
    };
    this.#server = server;
    this.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(this.address, ServerCredentials.createSsl(null, [pair]), (fault, port) => {
        if (fault === null) resolve(port);
        else reject(fault);
      });
    });
  }

  #joining(shown: X509Certificate): JoiningServer {
    return {
      hello: (call, answer) => {
        const proof: ControllerProof = {
          nonce: call.request.nonce.toString('hex'),
          registerId: 'f'.repeat(32),
          registerKey: this.registerKey,
          certificateHash: createHash('sha256').update(shown.raw).digest('hex'),
          nowMs: 0n,
          ...this.lie,
        };
        const signed = signWord(controllerProofKind, proof, this.key.privateKey);
        answer(null, { proof: WireSigned.decode(signedToWire(signed)) });
      },
      join: (_, answer) => {
        answer({ code: grpcStatus.UNIMPLEMENTED });
      },
    };
  }

  #administration(): AdministrationServer {
    const names = Object.keys(AdministrationService) as (keyof typeof AdministrationService)[];
    const calls = names.map((call) => [
      call,
      call === 'events' ? this.#events() : this.#unary(call),
    ]);
    return Object.fromEntries(calls) as AdministrationServer;
  }

  #unary(call: CallName): unknown {
    return (
      { request, metadata }: { readonly request: unknown; readonly metadata: Metadata },
      answer: (fault: object | null, value?: unknown) => void,
    ) => {
      this.#note(call, request, metadata);
      const refusal = this.refusals[call];
      if (refusal === undefined) answer(null, this.#answerTo(call));
      else answer(refusedBy(refusal));
    };
  }

  #answerTo(call: CallName): unknown {
    const none = AdministrationService[call].responseDeserialize(Buffer.alloc(0));
    return { ...none, ...(this.answers[call] as object | undefined) };
  }

  #events(): AdministrationServer['events'] {
    return (stream) => {
      this.#note('events', stream.request, stream.metadata);
      for (const event of this.events) stream.write(event);
      if (!stream.request.follow) stream.end();
    };
  }

  #note(call: string, request: unknown, metadata: Metadata): void {
    this.asked.push({ call, request, authorization: String(metadata.get('authorization')[0]) });
  }
}

const refusedBy = (refusal: Refusal): object => {
  const metadata = new Metadata();
  metadata.set(refusalMetadataKey, refusalToWire(refusal));
  return { code: grpcStatus.PERMISSION_DENIED, details: refusal.detail, metadata };
};
