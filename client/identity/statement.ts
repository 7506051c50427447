// What this node says of itself to its peers, signed with its identity key and kept with its sequence number.
import { join } from 'node:path';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Signed, Statement } from '../../shared/mesh/trust.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import { readWord, signWord } from '../../shared/trust/signed.ts';
import { statementKind } from '../../shared/wire/signed.ts';
import type { Files } from '../host/ports.ts';
import type { Identity } from './keys.ts';
import { sealedText, unsealedText } from './sealed.ts';

export const statementPath = (stateDir: string): string => join(stateDir, 'identity', 'statement');

/** The last one; undefined where there is none that can be read: the next one's number is then from the clock. */
export const readStatement = async (
  files: Files,
  stateDir: string,
): Promise<Signed | undefined> => {
  const text = await files.read(statementPath(stateDir));
  const body = text === undefined ? undefined : unsealedText('statement', text);
  return body?.ok === true ? (body.value.trim() as Signed) : undefined;
};

export const keepStatement = (files: Files, stateDir: string, signed: Signed): Promise<void> =>
  files.write(statementPath(stateDir), sealedText('statement', `${signed}\n`), 0o600);

export interface Speaker {
  readonly identity: Identity;
  readonly registerId: string;
  readonly name: Hostname;
  readonly place: Pick<Peer, 'tunnelAddress6' | 'tunnelAddress4'>;
  /** By the controller's clock. */
  readonly nowMs: number;
}

/** The newest of `before` where it still says what is so, else a new one with a higher number than any of them. */
export const statementFor = (
  { identity, registerId, name, place, nowMs }: Speaker,
  before: readonly (Signed | undefined)[],
): Signed => {
  const { tunnelAddress6, tunnelAddress4 } = place;
  const wireguardKey = identity.wireguardKey.public;
  const said = { registerId, name, wireguardKey, tunnelAddress6, tunnelAddress4, exchangeKey: '' };
  const own = before.flatMap((signed) => ownWord(signed, identity));
  const newest = own.reduce<Own | undefined>(
    (best, each) => (best === undefined || each.word.sequence > best.word.sequence ? each : best),
    undefined,
  );
  if (newest !== undefined && saysSo(newest.word, said)) return newest.signed;
  const now = BigInt(Math.trunc(nowMs));
  const next = (newest?.word.sequence ?? -1n) + 1n;
  const sequence = now > next ? now : next;
  return signWord(statementKind, { ...said, sequence }, identity.signingKey);
};

interface Own {
  readonly signed: Signed;
  readonly word: Statement;
}

/** Nothing where it is not this identity's: a controller must not choose the numbers. */
const ownWord = (signed: Signed | undefined, { identityKey }: Identity): readonly Own[] => {
  const word = signed === undefined ? undefined : readWord(statementKind, signed, identityKey);
  return signed !== undefined && word?.ok === true ? [{ signed, word: word.value }] : [];
};

const saysSo = (word: Statement, said: Omit<Statement, 'sequence'>): boolean =>
  (Object.keys(said) as (keyof typeof said)[]).every((field) => word[field] === said[field]);
