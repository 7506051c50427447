// The secrets that live on disk: the controller's keys and its admin token, each node's private keys.
import { createPrivateKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mesh } from '../../lab/mesh.ts';
import type { Secret } from './needles.ts';

export const controllerState = (mesh: Mesh): string =>
  join(mesh.controller.libDirectory, 'meshover-server');

export const nodeState = (mesh: Mesh, name: string): string =>
  join(mesh.host(name).libDirectory, 'meshover');

/** Raw, as every encoding contains it. */
export const privateKeyIn = (name: string, path: string): Secret => {
  const { d } = createPrivateKey(readFileSync(path)).export({ format: 'jwk' });
  if (d === undefined) throw new Error(`${path} holds no key of an elliptic curve`);
  return { name, bytes: Buffer.from(d, 'base64url'), homes: [path] };
};

const controllerSecrets = (mesh: Mesh): readonly Secret[] => {
  const state = controllerState(mesh);
  const keys = readdirSync(state).filter((name) => name.endsWith('.key'));
  const adminToken = join(state, 'admin.token');
  return [
    ...keys.map((name) => privateKeyIn(`the controller's ${name}`, join(state, name))),
    {
      name: "the controller's admin token",
      bytes: Buffer.from(readFileSync(adminToken, 'utf8').trim()),
      homes: [adminToken],
    },
  ];
};

const nodeSecrets = (mesh: Mesh, node: string): readonly Secret[] => {
  const path = join(nodeState(mesh, node), 'identity', 'keys');
  const found = /"identity":"([^"]+)","wireguard":"([^"]+)"/.exec(
    existsSync(path) ? readFileSync(path, 'utf8') : '',
  );
  if (found === null) throw new Error(`${path} holds no keys`);
  const [, identity = '', wireguard = ''] = found;
  return [
    { name: `${node}'s identity key`, bytes: Buffer.from(identity, 'base64'), homes: [path] },
    { name: `${node}'s WireGuard key`, bytes: Buffer.from(wireguard, 'base64'), homes: [path] },
  ];
};

export const keptSecrets = (mesh: Mesh): readonly Secret[] => [
  ...controllerSecrets(mesh),
  ...mesh.nodes.flatMap(({ name }) => nodeSecrets(mesh, name)),
];

export const textSecret = (name: string, text: string, homes: readonly string[] = []): Secret => ({
  name,
  bytes: Buffer.from(text),
  homes,
});

/** Header and claims of a JWT are no secret; its signature is what nobody else can make. */
export const tokenSecret = (name: string, token: string, homes: readonly string[] = []): Secret =>
  textSecret(name, token.split('.')[2] ?? '', homes);
