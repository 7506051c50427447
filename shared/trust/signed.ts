// Signs words and verifies them: Ed25519 (RFC 8032) over context, a zero byte, payload.
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { IdentityKey, OperatorKey, RegisterKey } from '../address/key.ts';
import type { Signed } from '../mesh/trust.ts';
import { malformed, type Parsed } from '../outcome/parsed.ts';
import { closeSigned, openSigned, type SignedKind } from '../wire/signed.ts';

export const signWord = <T>(kind: SignedKind<T>, word: T, key: KeyObject): Signed => {
  const payload = kind.encode(word);
  return closeSigned({ payload, signature: sign(null, signedBytes(kind.context, payload), key) });
};

/** The word, when `key` signed it as this kind. */
export const readWord = <T>(
  kind: SignedKind<T>,
  signed: Signed,
  key: IdentityKey | OperatorKey | RegisterKey,
): Parsed<T> => {
  const open = openSigned(signed);
  if (!open.ok) return open;
  const { payload, signature } = open.value;
  return verify(null, signedBytes(kind.context, payload), publicKeyFrom(key), signature)
    ? kind.decode(payload)
    : malformed(`its signature (${kind.context}) is not by the key ${key}`);
};

/** What it says, before anything is proven: to find the key that it must be verified with. */
export const peekWord = <T>(kind: SignedKind<T>, signed: Signed): Parsed<T> => {
  const open = openSigned(signed);
  return open.ok ? kind.decode(open.value.payload) : open;
};

export const publicKeyFrom = (key: IdentityKey | OperatorKey | RegisterKey): KeyObject =>
  createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'base64').toString('base64url') },
  });

/** The public half of a register's private key. */
export const registerKeyOf = (key: KeyObject): RegisterKey =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url').toString(
    'base64',
  ) as RegisterKey;

const signedBytes = (context: string, payload: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${context}\0`), payload]);
