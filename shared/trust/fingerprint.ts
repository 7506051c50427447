// Short texts that people compare to know that two machines mean the same keys.
import { createHash } from 'node:crypto';
import type { IdentityKey, OperatorKey, RegisterKey } from '../address/key.ts';

/** Of a register's key: what a join token carries, and what the server prints. */
export const registerFingerprint = (key: RegisterKey): string =>
  fingerprint('meshover register', [key]);

/** Of an operator's key: join tokens carry it, and people compare it. */
export const operatorFingerprint = (key: OperatorKey): string =>
  fingerprint('meshover operator', [key]);

/** Of a register's key and a node's identity key: the same on both sides only when nobody stands between. */
export const pairFingerprint = (register: RegisterKey, identity: IdentityKey): string =>
  fingerprint('meshover pair', [register, identity]);

/** 5 bits a character: 24 characters are 120 bits, in groups of 4. */
const characters = 24;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const fingerprint = (context: string, keys: readonly string[]): string => {
  const hash = createHash('sha256').update(`${context}\0`);
  for (const key of keys) hash.update(Buffer.from(key, 'base64'));
  const bits = [...hash.digest()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = Array.from(
    { length: characters },
    (_, n) => alphabet[Number.parseInt(bits.slice(5 * n, 5 * n + 5), 2)] ?? '',
  ).join('');
  return letters.replace(/(.{4})(?=.)/g, '$1-');
};
