// The register as rows of text, the form in which a store keeps it.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Tombstone } from '../../shared/mesh/peer.ts';
import {
  administratorsOf,
  barredOf,
  nodesOf,
  tokensOf,
  tombstonesOf,
  type RegisteredNode,
  type Register,
} from './register.ts';

type RowTable = 'register' | 'node' | 'tombstone' | 'token' | 'administrator' | 'barred';

/** `value` is JSON; table and key together identify a row. */
export interface Row {
  readonly table: RowTable;
  readonly key: string;
  readonly value: string;
}

/** Sets a row, or removes it where `value` is undefined. */
export interface RowWrite {
  readonly table: RowTable;
  readonly key: string;
  readonly value: string | undefined;
}

/** The row of the register itself: revision, settings, format. */
export const headKey = 'head';
export const rowFormat = 2;

/** Every row of the register, for a store that has none. */
export const rowsOf = (register: Register): readonly Row[] => [
  headWrite(register),
  ...nodesOf(register).map((node) => rowFor('node', node.name, told(node))),
  ...tombstonesOf(register).map((each) => rowFor('tombstone', each.name, each)),
  ...tokensOf(register).map((token) => rowFor('token', token.id, token)),
  ...administratorsOf(register).map((each) => rowFor('administrator', each.name, each)),
  ...barredOf(register).map((barred) => rowFor('barred', barred.identityKey, barred)),
];

const rowFor = (table: RowTable, key: string, value: object): Row => ({
  table,
  key,
  value: textOf(value),
});

export const headWrite = (register: Register): Row => ({
  table: 'register',
  key: headKey,
  value: textOf({
    format: rowFormat,
    ...register.revision,
    ...register.settings,
    lastEvent: register.lastEvent,
  }),
});

export const nodeWrite = (name: Hostname, node: RegisteredNode | undefined): RowWrite => ({
  table: 'node',
  key: name,
  value: node && textOf(told(node)),
});

export const tombstoneWrite = (name: Hostname, tombstone: Tombstone | undefined): RowWrite => ({
  table: 'tombstone',
  key: name,
  value: tombstone && textOf(tombstone),
});

export const recordWrite = (
  table: 'token' | 'administrator' | 'barred',
  key: string,
  record: object | undefined,
): RowWrite => ({ table, key, value: record && textOf(record) });

/** What peers are told of its wishes follows from what is asked and what is authorised. */
const told = (node: RegisteredNode): object => ({
  ...node,
  advertised: undefined,
  gathering: undefined,
});

/** JSON has no 64-bit integers: they are kept as decimal text. */
const textOf = (value: object): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
