// Public keys: WireGuard's (Curve25519) and a node's identity (Ed25519), both 32 bytes.
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';

/** Standard base64 of 32 bytes (44 characters), as `wg` prints it. */
export type WireGuardKey = string & { readonly __brand: 'WireGuardKey' };

/** Standard base64 of the 32 raw bytes of an Ed25519 public key (RFC 8032). */
export type IdentityKey = string & { readonly __brand: 'IdentityKey' };

export const parseWireGuardKey = (text: string): Parsed<WireGuardKey> =>
  is32BytesInBase64(text)
    ? parsed(text as WireGuardKey)
    : malformed('a WireGuard public key is 32 bytes in base64 (44 characters ending in "=")');

export const parseIdentityKey = (text: string): Parsed<IdentityKey> =>
  is32BytesInBase64(text)
    ? parsed(text as IdentityKey)
    : malformed('an identity key is 32 bytes of Ed25519 public key in base64 (44 characters)');

/** The last character before "=" holds four significant bits: two must be zero. */
const is32BytesInBase64 = (text: string): boolean =>
  /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text);

/** A register's own Ed25519 public key, in the same form: the controller's identity. */
export type RegisterKey = string & { readonly __brand: 'RegisterKey' };

/** An operator's Ed25519 public key, in the same form; its private half is never on the controller. */
export type OperatorKey = string & { readonly __brand: 'OperatorKey' };

export const parseRegisterKey = (text: string): Parsed<RegisterKey> =>
  is32BytesInBase64(text)
    ? parsed(text as RegisterKey)
    : malformed('a register key is 32 bytes of Ed25519 public key in base64 (44 characters)');

export const parseOperatorKey = (text: string): Parsed<OperatorKey> =>
  is32BytesInBase64(text)
    ? parsed(text as OperatorKey)
    : malformed('an operator key is 32 bytes of Ed25519 public key in base64 (44 characters)');
