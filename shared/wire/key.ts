// Keys: 32 bytes on the wire, base64 with us.
import {
  parseIdentityKey,
  parseOperatorKey,
  parseWireGuardKey,
  type IdentityKey,
  type OperatorKey,
  type RegisterKey,
  type WireGuardKey,
} from '../address/key.ts';
import type { Parsed } from '../outcome/parsed.ts';

export const keyToWire = (key: WireGuardKey | IdentityKey | OperatorKey | RegisterKey): Buffer =>
  Buffer.from(key, 'base64');

export const wireguardKeyFromWire = (bytes: Uint8Array): Parsed<WireGuardKey> =>
  parseWireGuardKey(Buffer.from(bytes).toString('base64'));

export const identityKeyFromWire = (bytes: Uint8Array): Parsed<IdentityKey> =>
  parseIdentityKey(Buffer.from(bytes).toString('base64'));

export const operatorKeyFromWire = (bytes: Uint8Array): Parsed<OperatorKey> =>
  parseOperatorKey(Buffer.from(bytes).toString('base64'));
