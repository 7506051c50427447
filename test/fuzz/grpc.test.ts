// The controller's calls with spoilt messages, odd fields and random frames: a status for each, and it goes on.
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { Client, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AdministrationService } from '../../proto/gen/meshover/v1/administration.ts';
import { JoiningService, JoinRequest } from '../../proto/gen/meshover/v1/joining.ts';
import { PeersService } from '../../proto/gen/meshover/v1/peers.ts';
import { StatusService } from '../../proto/gen/meshover/v1/status.ts';
import { frame, openCall, preface } from '../hostile/frames.ts';
import { newStateDir, startController, type Controller } from '../mesh/controller.ts';
import { channelOptions, MeshNode, secured } from '../mesh/node.ts';
import { fuzz, type Random } from './fuzz.ts';
import { spoilt, withOddFields } from './mutate.ts';

let controller: Controller;
let client: Client;
const node = new MeshNode('good');

beforeAll(async () => {
  controller = await startController(newStateDir());
  client = new Client(controller.address, secured(controller.authority), channelOptions);
  await node.join(controller);
});

afterAll(async () => {
  client.close();
  await controller.stop();
});

interface Method {
  readonly path: string;
  readonly requestSerialize: (message: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
}

const methods: readonly Method[] = [
  ...Object.values(JoiningService),
  ...Object.values(PeersService),
  ...Object.values(StatusService),
  ...Object.values(AdministrationService),
];

const identity = (bytes: Buffer): Buffer => bytes;

/** The status of the call, 0 when it was answered; a stream's first message is its answer. */
const statusOf = (path: string, bytes: Buffer, metadata: Metadata): Promise<number> =>
  new Promise((resolve) => {
    const deadline = { deadline: Date.now() + 20_000 };
    const call = client.makeServerStreamRequest(
      ...([path, identity, identity, bytes, metadata, deadline] as const),
    );
    call.on('data', () => {
      resolve(0);
      call.cancel();
    });
    call.on('error', (fault: ServiceError) => {
      resolve(fault.code);
    });
    call.on('end', () => {
      resolve(0);
    });
  });

const good = JoinRequest.fromPartial({
  ...{ name: 'good', endpoints: ['[2001:db8::1]:51820'], version: 'x', token: 'eyJ.x.y' },
  ...{ gathering: [{ prefix: '10.0.0.0/8', preference: 10 }], advertise: ['2001:db8:1::/48'] },
  ...{ wireguardKey: node.wireguardKey, linkDriver: 'LINK_DRIVER_IP6GRE' },
  identityKey: Buffer.from(node.identity.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
});

/** Every request carries fields of these names, or some of them. */
const message = {
  ...good,
  ...{ status: { desired: undefined, failedSteps: 1, links: [{ peer: 'a', prefixes: 1 }] } },
  ...{ resumeFrom: { registerId: 'a'.repeat(32), epoch: 1n, number: 1n } },
  ...{ reason: 'why', id: 'x', uses: 1, tags: ['a'], prefixes: ['10.0.0.0/8'], role: 1 },
};

const bytesFrom = (random: Random, method: Method): Buffer | undefined => {
  try {
    return method.requestSerialize(withOddFields(random, message) as never);
  } catch {
    // A field that cannot be written is nothing that can be sent.
    return undefined;
  }
};

const metadataFrom = async (random: Random, path: string): Promise<Metadata> => {
  const metadata = new Metadata();
  const proof = (await node.proof(path)).get('authorization')[0]?.toString() ?? '';
  const admin = `Bearer ${controller.adminToken}`;
  const which = random.below(6);
  if (which > 0)
    metadata.set('authorization', which < 3 ? proof : which < 5 ? admin : 'Bearer x.y.z');
  return metadata;
};

const expectUnharmed = async (): Promise<void> => {
  const faults = controller.lines.filter((line) => line.includes('failed inside the controller'));
  expect(faults).toEqual([]);
  const witness = new MeshNode(`witness-${String(witnesses++)}`);
  expect((await witness.join(controller)).self?.name).toBe(witness.name);
};

let witnesses = 0;

test('spoilt bytes and odd fields in every call', async () => {
  const trials = await fuzz(async (random) => {
    const method = random.pick(methods);
    const bytes = bytesFrom(random, method) ?? random.bytes(20);
    const sent = random.below(2) === 0 ? bytes : spoilt(random, bytes);
    const status = await statusOf(method.path, sent, await metadataFrom(random, method.path));
    expect(status, method.path).toBeGreaterThanOrEqual(0);
    expect(status, `${method.path}: no answer in time`).not.toBe(4);
    if (method.path.endsWith('/RemoveNode') && status === 0) await node.join(controller);
    const inside = controller.lines.filter((line) => line.includes('failed inside'));
    expect(inside, `${method.path} ${sent.toString('base64')}`).toEqual([]);
  }, 60);
  expect(trials).toBeGreaterThan(0);
  await expectUnharmed();
});

const framesFrom = (random: Random): Buffer =>
  Buffer.concat(
    Array.from({ length: 1 + random.below(20) }, () =>
      random.below(3) === 0
        ? openCall(1 + 2 * random.below(20), random.pick(methods).path)
        : frame({
            type: random.below(12),
            flags: random.below(256),
            stream: random.below(10),
            payload: random.bytes(random.below(64)),
          }),
    ),
  );

test('random HTTP/2 frames', async () => {
  const port = Number(/\d+$/.exec(controller.address)?.[0]);
  const trials = await fuzz(async (random) => {
    const socket = connectTls({
      ...{ host: '::1', port, ALPNProtocols: ['h2'], rejectUnauthorized: false },
    });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.end(spoilt(random, Buffer.concat([preface, framesFrom(random)])));
    socket.resume();
    if (!socket.closed) await once(socket, 'close');
  });
  expect(trials).toBeGreaterThan(0);
  await expectUnharmed();
});
