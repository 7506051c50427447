// The operator's own certificate: shown and vouched for by the register's key, or refused with the reason.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import {
  certificateHashOf,
  newAuthority,
  newServerLeaf,
  type PemPair,
} from '../../server/auth/authority.ts';
import { newStateDir, startController, type Controller } from './controller.ts';
import { controllerProof, MeshNode } from './node.ts';

const running: Controller[] = [];
let authority: PemPair;
let leaf: PemPair;

beforeAll(async () => {
  authority = await newAuthority();
  leaf = await newServerLeaf(authority);
});

afterEach(async () => {
  for (const controller of running.splice(0)) await controller.stop();
});

const startWith = async (certificate: string, key: string): Promise<Controller> => {
  const stateDir = newStateDir();
  const [cert, keyFile] = [join(stateDir, 'shown.pem'), join(stateDir, 'shown.key')];
  writeFileSync(cert, certificate);
  writeFileSync(keyFile, key);
  const controller = await startController(stateDir, [
    ...['-open', '-tls-cert', cert, '-tls-key', keyFile],
  ]);
  running.push(controller);
  return controller;
};

test('is shown, and the register’s key vouches for it', async () => {
  const chain = `${leaf.certificate}\n${authority.certificate}`;
  const { address } = await startWith(chain, leaf.key.reveal());
  const place = { address, authority: authority.certificate };
  const { certificateHash } = await controllerProof(place);
  expect(certificateHash).toBe(certificateHashOf(leaf.certificate));
  expect((await new MeshNode('a').join(place)).self?.name).toBe('a');
});

test.each<[string, () => Promise<Controller>, RegExp]>([
  [
    'with the key of another',
    () => startWith(leaf.certificate, authority.key.reveal()),
    /the key is not of this certificate/,
  ],
  [
    'with the authority first in the file',
    () => startWith(`${authority.certificate}\n${leaf.certificate}`, leaf.key.reveal()),
    /must come first/,
  ],
  ['that is none', () => startWith('x', leaf.key.reveal()), /no PEM certificate/],
  ['with a key that is none', () => startWith(leaf.certificate, 'secret'), /no PEM certificate/],
])('a certificate %s is refused', async (_, start, why) => {
  await expect(start()).rejects.toThrow(why);
});

test('a file that is not there is named', async () => {
  const argv = ['-tls-cert', '/nowhere.pem', '-tls-key', '/nowhere.key'];
  await expect(startController(newStateDir(), argv)).rejects.toThrow('-tls-cert /nowhere.pem');
});

test('operator keys reach the nodes, and another set of them is a new epoch and an event', async () => {
  const stateDir = newStateDir();
  const key = `${'A'.repeat(43)}=`;
  const first = await startController(stateDir, ['-open']);
  const node = new MeshNode('a');
  const before = await node.join(first);
  expect(before.settings?.operatorKeys).toEqual([]);
  await first.stop();
  const second = await startController(stateDir, ['-open', '-operatorkey', key]);
  running.push(second);
  const after = await node.join(second);
  expect(after.settings?.operatorKeys.map((each) => each.toString('base64'))).toEqual([key]);
  expect(after.revision?.epoch).toBe((before.revision?.epoch ?? 0n) + 1n);
});
