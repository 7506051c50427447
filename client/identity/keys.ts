// The node's two private keys: Ed25519 says who it is, X25519 is WireGuard's.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import {
  parseIdentityKey,
  parseWireGuardKey,
  type IdentityKey,
  type WireGuardKey,
} from '../../shared/address/key.ts';
import { Secret } from '../../shared/log/secret.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';

export interface Identity {
  readonly identityKey: IdentityKey;
  /** Signs as `identityKey`; never leaves the node. */
  readonly signingKey: KeyObject;
  readonly wireguardKey: { readonly private: Secret; readonly public: WireGuardKey };
}

/** What of an identity is kept on disk: both private keys, raw, in base64. */
export interface PrivateKeys {
  readonly identity: Secret;
  readonly wireguard: Secret;
}

export const newPrivateKeys = (): PrivateKeys => ({
  identity: rawPrivate(generateKeyPairSync('ed25519').privateKey),
  wireguard: clamped(rawPrivate(generateKeyPairSync('x25519').privateKey)),
});

/** Another identity with the same WireGuard key. */
export const newIdentityKeys = (wireguard: Secret): PrivateKeys => ({
  identity: rawPrivate(generateKeyPairSync('ed25519').privateKey),
  wireguard,
});

export const identityFrom = (keys: PrivateKeys): Parsed<Identity> => {
  const signingKey = privateKeyFrom('ed25519', keys.identity);
  const exchangeKey = privateKeyFrom('x25519', keys.wireguard);
  if (!signingKey.ok) return signingKey;
  if (!exchangeKey.ok) return exchangeKey;
  const identityKey = parseIdentityKey(rawPublic(signingKey.value));
  const wireguardKey = parseWireGuardKey(rawPublic(exchangeKey.value));
  if (!identityKey.ok) return identityKey;
  if (!wireguardKey.ok) return wireguardKey;
  return parsed({
    identityKey: identityKey.value,
    signingKey: signingKey.value,
    wireguardKey: { private: keys.wireguard, public: wireguardKey.value },
  });
};

/** PKCS #8 of a raw 32-byte key (RFC 8410): this prefix, then the key. */
const pkcs8Prefix = {
  ed25519: '302e020100300506032b657004220420',
  x25519: '302e020100300506032b656e04220420',
} as const;

const privateKeyFrom = (curve: keyof typeof pkcs8Prefix, secret: Secret): Parsed<KeyObject> => {
  const raw = Buffer.from(secret.reveal(), 'base64');
  if (raw.length !== 32) return malformed(`its ${curve} key has ${raw.length} bytes and not 32`);
  const der = Buffer.concat([Buffer.from(pkcs8Prefix[curve], 'hex'), raw]);
  return parsed(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
};

const rawPrivate = (key: KeyObject): Secret =>
  new Secret(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url').toString('base64'));

const rawPublic = (key: KeyObject): string =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url').toString(
    'base64',
  );

/** As RFC 7748 section 5 asks, and as `wg` shows a key that it was given. */
const clamped = (secret: Secret): Secret => {
  const raw = Buffer.from(secret.reveal(), 'base64');
  raw.writeUInt8(raw.readUInt8(0) & 248, 0);
  raw.writeUInt8((raw.readUInt8(31) & 127) | 64, 31);
  return new Secret(raw.toString('base64'));
};
