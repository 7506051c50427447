// The controller proves which register it is, bound to the connection that shows it.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { connect } from 'node:tls';
import { JoiningClient, type HelloResponse } from '../../proto/gen/meshover/v1/joining.ts';
import { Signed } from '../../proto/gen/meshover/v1/mesh.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ControllerProof } from '../../shared/mesh/trust.ts';
import type { RegisterKey } from '../../shared/address/key.ts';
import { registerFingerprint } from '../../shared/trust/fingerprint.ts';
import { peekWord, readWord, registerKeyOf } from '../../shared/trust/signed.ts';
import { controllerProofKind, membershipKind, signedFromWire } from '../../shared/wire/signed.ts';
import { newStateDir, startController, type Controller } from './controller.ts';
import { channelOptions, MeshNode, secured } from './node.ts';

let controller: Controller;
const stateDir = newStateDir();

beforeAll(async () => {
  controller = await startController(stateDir);
});

afterAll(() => controller.stop());

const hello = async (nonce: Buffer): Promise<NonNullable<ReturnType<typeof signedFromWire>>> => {
  const client = new JoiningClient(
    controller.address,
    secured(controller.authority),
    channelOptions,
  );
  try {
    return await new Promise((resolve, reject) => {
      client.hello({ nonce }, (fault, answer?: HelloResponse) => {
        const proof = answer?.proof;
        const signed = proof && signedFromWire(Signed.encode(proof).finish());
        if (signed === undefined) reject(fault ?? new Error('no proof'));
        else resolve(signed);
      });
    });
  } finally {
    client.close();
  }
};

const proven = async (nonce: Buffer): Promise<ControllerProof> => {
  const signed = await hello(nonce);
  const word = peekWord(controllerProofKind, signed);
  if (!word.ok) throw new Error(word.reason);
  expect(readWord(controllerProofKind, signed, word.value.registerKey).ok).toBe(true);
  return word.value;
};

const shownCertificate = (): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const port = Number(controller.address.split(':').at(-1));
    const socket = connect({ host: '::1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().raw);
      socket.destroy();
    });
    socket.on('error', reject);
  });

test('it signs our nonce, its clock, its register and the certificate that it shows', async () => {
  const nonce = randomBytes(32);
  const word = await proven(nonce);
  const raw = await shownCertificate();
  expect(word).toMatchObject({
    nonce: nonce.toString('hex'),
    certificateHash: createHash('sha256').update(raw).digest('hex'),
  });
  expect(Math.abs(Number(word.nowMs) - Date.now())).toBeLessThan(60_000);
  expect(controller.lines.join('')).toContain(registerFingerprint(word.registerKey));
});

test('a short nonce is refused', async () => {
  await expect(hello(Buffer.alloc(8))).rejects.toThrow('32 are needed');
});

test('the key stays over a restart; it signs the certificate that a node gets', async () => {
  const before = await proven(randomBytes(32));
  await controller.stop();
  controller = await startController(stateDir);
  const after = await proven(randomBytes(32));
  expect([after.registerKey, after.registerId]).toEqual([before.registerKey, before.registerId]);
  const { membershipCertificate } = await new MeshNode('a').join(controller);
  const certificate = signedFromWire(membershipCertificate)!;
  expect(readWord(membershipKind, certificate, after.registerKey)).toMatchObject({
    ok: true,
    value: { name: 'a', registerId: after.registerId },
  });
  const stranger: RegisterKey = registerKeyOf(generateKeyPairSync('ed25519').privateKey);
  expect(readWord(membershipKind, certificate, stranger).ok).toBe(false);
});

test('a proof bound to register and certificate is taken', async () => {
  const { registerId, certificateHash } = await proven(randomBytes(32));
  const node = new MeshNode('bound');
  const proof = await node.proof('/meshover.v1.Joining/Join', {
    aud: `${registerId} ${certificateHash}`,
  });
  expect((await node.join(controller, {}, proof)).self?.name).toBe('bound');
  const elsewhere = await node.proof('/meshover.v1.Joining/Join', {
    aud: `${registerId} ${'0'.repeat(64)}`,
  });
  await expect(node.join(controller, {}, elsewhere)).rejects.toThrow('"aud"');
});
