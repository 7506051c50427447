// Checks that a row's JSON has the fields it must have, before anybody reads them.
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';

type Kind =
  | 'text'
  | 'maybe-text'
  | 'number'
  | 'natural'
  | 'switch'
  | 'texts'
  | 'gatherings'
  | 'wishes'
  | 'grants';

export const headShape = {
  format: 'number',
  registerId: 'text',
  epoch: 'natural',
  number: 'natural',
  tunnelPools: 'texts',
  nodePools: 'texts',
  operatorKeys: 'texts',
  lastEvent: 'natural',
} as const satisfies Shape;

export const nodeShape = {
  name: 'text',
  asn: 'number',
  wireguardKey: 'text',
  identityKey: 'text',
  tunnelAddress6: 'text',
  tunnelAddress4: 'text',
  nodeAddress6: 'text',
  nodeAddress4: 'text',
  endpoints: 'texts',
  asked: 'wishes',
  authorised: 'grants',
  linkDriver: 'text',
  signedStatement: 'maybe-text',
  succession: 'maybe-text',
  certificate: 'maybe-text',
  tags: 'texts',
  changedAt: 'natural',
} as const satisfies Shape;

export const tombstoneShape = {
  name: 'text',
  asn: 'number',
  removedAt: 'natural',
  reason: 'text',
  signedRemoval: 'maybe-text',
} as const satisfies Shape;

export const tokenShape = {
  id: 'text',
  label: 'text',
  uses: 'number',
  createdAtMs: 'number',
  expiresAtMs: 'number',
  pattern: 'text',
  tags: 'texts',
  grants: 'grants',
  createdBy: 'text',
  revoked: 'switch',
  nodes: 'texts',
} as const satisfies Shape;

export const administratorShape = {
  name: 'text',
  role: 'text',
  tokenHash: 'text',
  createdAtMs: 'number',
  createdBy: 'text',
} as const satisfies Shape;

export const barredShape = {
  identityKey: 'text',
  name: 'text',
  atMs: 'number',
} as const satisfies Shape;

type Shape = Readonly<Record<string, Kind>>;

interface Values {
  readonly text: string;
  readonly 'maybe-text': string | undefined;
  readonly number: number;
  /** Decimal text of a 64-bit integer. */
  readonly natural: string;
  readonly texts: readonly string[];
  readonly gatherings: readonly GatheringRow[];
  readonly wishes: {
    readonly advertise: readonly string[];
    readonly gathering: readonly GatheringRow[];
  };
  readonly grants: {
    readonly advertise: readonly string[];
    readonly gathering: readonly string[];
  };
  readonly switch: boolean;
}

interface GatheringRow {
  readonly prefix: string;
  readonly preference: number;
}

export type Shaped<S extends Shape> = { readonly [F in keyof S]: Values[S[F]] };

export const parseRow = <S extends Shape>(text: string, shape: S): Parsed<Shaped<S>> => {
  const value = valueOf(text);
  if (!isObject(value)) return malformed('is not a JSON object');
  for (const [field, kind] of Object.entries(shape)) {
    if (!fits[kind](value[field])) return malformed(`has no good field "${field}" (${kind})`);
  }
  return parsed(value as Shaped<S>);
};

const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON is one more way of being no object, and the caller says so.
    return undefined;
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isText = (value: unknown): value is string => typeof value === 'string';

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

const isGatherings = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (each) => isObject(each) && isText(each['prefix']) && typeof each['preference'] === 'number',
  );

const fits: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: isText,
  'maybe-text': (value) => value === undefined || isText(value),
  number: (value) => typeof value === 'number',
  natural: (value) => isText(value) && /^\d{1,20}$/.test(value) && BigInt(value) < 1n << 64n,
  texts: isTexts,
  switch: (value) => typeof value === 'boolean',
  gatherings: isGatherings,
  wishes: (value) =>
    isObject(value) && isTexts(value['advertise']) && isGatherings(value['gathering']),
  grants: (value) => isObject(value) && isTexts(value['advertise']) && isTexts(value['gathering']),
};
