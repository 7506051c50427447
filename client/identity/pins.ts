// What this node remembers of each peer, so that no controller can put another in its place.
import { join } from 'node:path';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import type { View } from '../../shared/mesh/view.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { peekWord } from '../../shared/trust/signed.ts';
import { statementKind } from '../../shared/wire/signed.ts';
import type { Files } from '../host/ports.ts';
import { sealedText, unsealedText } from './sealed.ts';

export interface Pin {
  readonly identityKey: IdentityKey;
  /** The last statement that was believed. */
  readonly signedStatement: Signed;
  readonly sequence: bigint;
  /** When the last believed succession was issued; 0 = there was none. */
  readonly succeededAt: bigint;
  /** The peer was alive at this revision: an older removal says nothing. */
  readonly since: Pick<Revision, 'epoch' | 'number'>;
  /** As it was last believed, whole; undefined once it was removed. */
  readonly peer: Peer | undefined;
}

export interface Pins {
  /** The register that the peers and `since` are of; '' before the first view. */
  readonly registerId: string;
  readonly byName: ReadonlyMap<Hostname, Pin>;
  /** What the controller says and this node does not believe: of whom, and why. */
  readonly refused: ReadonlyMap<string, string>;
}

export const noPins: Pins = { registerId: '', byName: new Map(), refused: new Map() };

/** What an intact view of an earlier run still knows: the peers in it, not those that were removed before. */
export const pinsFromView = ({ revision, peers }: View): Pins => ({
  registerId: revision.registerId,
  byName: new Map(
    peers.flatMap((peer) => {
      const { name, identityKey, signedStatement } = peer;
      const word = signedStatement && peekWord(statementKind, signedStatement);
      if (signedStatement === undefined || word?.ok !== true) return [];
      const { sequence } = word.value;
      const since = { epoch: revision.epoch, number: revision.number };
      return [[name, { identityKey, signedStatement, sequence, succeededAt: 0n, since, peer }]];
    }),
  ),
  refused: new Map(),
});

/** Without what is remembered of one name. */
export const withoutPin = (pins: Pins, name: Hostname): Pins => {
  const byName = new Map(pins.byName);
  const refused = new Map(pins.refused);
  byName.delete(name);
  refused.delete(name);
  return { ...pins, byName, refused };
};

export const pinsPath = (stateDir: string): string => join(stateDir, 'pins');

export const savePins = (files: Files, stateDir: string, pins: Pins): Promise<void> =>
  files.write(pinsPath(stateDir), pinsText(pins), 0o600);

/** Undefined when there are none. */
export const readPins = async (
  files: Files,
  stateDir: string,
): Promise<Parsed<Pins | undefined>> => {
  const path = pinsPath(stateDir);
  const text = await files.read(path);
  if (text === undefined) return parsed(undefined);
  const pins = pinsFrom(text);
  return pins.ok
    ? pins
    : malformed(`what this node remembers of its peers (${path}) cannot be used: ${pins.reason}`);
};

export const pinsText = (pins: Pins): string => {
  const body = {
    registerId: pins.registerId,
    byName: sortedEntries(pins.byName),
    refused: sortedEntries(pins.refused),
  };
  return sealedText('pins', `${JSON.stringify(body, bigintToText)}\n`);
};

interface Body {
  readonly registerId: string;
  readonly byName: readonly (readonly [Hostname, Pin])[];
  readonly refused: readonly (readonly [string, string])[];
}

/** The checksum and the version vouch for the shape. */
export const pinsFrom = (text: string): Parsed<Pins> => {
  const body = unsealedText('pins', text);
  if (!body.ok) return body;
  const { registerId, byName, refused } = JSON.parse(body.value, readPinField) as Body;
  return parsed({ registerId, byName: new Map(byName), refused: new Map(refused) });
};

const sortedEntries = <K extends string, V>(map: ReadonlyMap<K, V>): readonly (readonly [K, V])[] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const bigintKeys: ReadonlySet<string> = new Set(['sequence', 'succeededAt', 'epoch', 'number']);

const bigintToText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

/** JSON leaves out what is undefined, and a pin says it. */
const readPinField = (key: string, value: unknown): unknown =>
  bigintKeys.has(key) && typeof value === 'string' ? BigInt(value) : value;
