// The register as rows of text, the form in which a store keeps it.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Tombstone } from '../../shared/mesh/peer.ts';
import { nodesOf, tombstonesOf, type RegisteredNode, type Register } from './register.ts';

type RowTable = 'register' | 'node' | 'tombstone';

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
  ...nodesOf(register).map((node) => ({
    table: 'node' as const,
    key: node.name,
    value: textOfNode(node),
  })),
  ...tombstonesOf(register).map((tombstone) => ({
    table: 'tombstone' as const,
    key: tombstone.name,
    value: textOf(tombstone),
  })),
];

export const headWrite = (register: Register): Row => ({
  table: 'register',
  key: headKey,
  value: textOf({ format: rowFormat, ...register.revision, ...register.settings }),
});

export const nodeWrite = (name: Hostname, node: RegisteredNode | undefined): RowWrite => ({
  table: 'node',
  key: name,
  value: node && textOfNode(node),
});

export const tombstoneWrite = (name: Hostname, tombstone: Tombstone | undefined): RowWrite => ({
  table: 'tombstone',
  key: name,
  value: tombstone && textOf(tombstone),
});

/** What peers are told of its wishes follows from what is asked and what is authorised. */
const textOfNode = (node: RegisteredNode): string =>
  textOf({ ...node, advertised: undefined, gathering: undefined });

/** JSON has no 64-bit integers: they are kept as decimal text. */
const textOf = (value: object): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
