// The register from the rows of a store; every row is checked as if a stranger had written it.
import { asnFrom } from '../../shared/address/asn.ts';
import { parseHostname } from '../../shared/address/hostname.ts';
import { parseOperatorKey } from '../../shared/address/key.ts';
import type { Tombstone } from '../../shared/mesh/peer.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import {
  allParsed,
  malformed,
  parseAll,
  parsed,
  type Parsed,
} from '../../shared/outcome/parsed.ts';
import { conflictOf, withClaims } from './claim.ts';
import { lookUp, withEntry } from './persistent-map.ts';
import { poolsFrom } from './pools.ts';
import { emptyRegister, type Register } from './register.ts';
import { nodeFrom } from './restore-node.ts';
import { withRecordRow } from './restore-record.ts';
import { headKey, rowFormat, type Row } from './row.ts';
import { headShape, parseRow, tombstoneShape } from './row-shape.ts';
import { complaintOf } from './settings.ts';

const remedy =
  'the register is damaged: nothing was changed; restore the state directory from a backup';

/** Undefined when there are no rows at all: a new store. */
export const registerFrom = (rows: readonly Row[]): Parsed<Register | undefined> => {
  if (rows.length === 0) return parsed(undefined);
  const head = rows.find((row) => row.table === 'register' && row.key === headKey);
  if (head === undefined) return malformed(`the stored register has no head row; ${remedy}`);
  const restored = withRows(
    head,
    rows.filter((row) => row !== head),
  );
  return restored.ok ? restored : malformed(`stored register: ${restored.reason}`);
};

const withRows = (head: Row, rows: readonly Row[]): Parsed<Register> => {
  let register = registerFromHead(head);
  for (const row of rows) {
    if (!register.ok) return register;
    const next = withRow(register.value, row);
    register = next.ok
      ? next
      : malformed(`row ${row.table}/${row.key.slice(0, 80)}: ${next.reason}; ${remedy}`);
  }
  return register;
};

const registerFromHead = (row: Row): Parsed<Register> => {
  const head = parseRow(row.value, headShape);
  if (!head.ok) return malformed(`the head row ${head.reason}; ${remedy}`);
  const { format, registerId, epoch, number, tunnelPools, nodePools } = head.value;
  if (format !== rowFormat) {
    return malformed(
      `it is written in format ${format}, this program reads format ${rowFormat}; ` +
        'nothing was changed; start the version of the program that wrote it, or a newer one',
    );
  }
  if (!/^[0-9a-f]{32}$/.test(registerId)) return malformed(`bad register id; ${remedy}`);
  const settings = poolsFrom({ tunnel: tunnelPools, node: nodePools });
  if (!settings.ok) return malformed(`${settings.reason}; ${remedy}`);
  const operatorKeys = parseAll(head.value.operatorKeys, parseOperatorKey);
  if (!operatorKeys.ok) return malformed(`${operatorKeys.reason}; ${remedy}`);
  return parsed({
    ...emptyRegister(registerId, { ...settings.value, operatorKeys: operatorKeys.value }),
    revision: { registerId, epoch: BigInt(epoch), number: BigInt(number) },
    lastEvent: BigInt(head.value.lastEvent),
  });
};

const withRow = (register: Register, row: Row): Parsed<Register> => {
  switch (row.table) {
    case 'node':
      return withNodeRow(register, row);
    case 'tombstone':
      return withTombstoneRow(register, row);
    case 'token':
    case 'administrator':
    case 'barred':
      return withRecordRow(register, row);
    case 'register':
      return malformed('is unknown');
  }
};

const withNodeRow = (register: Register, row: Row): Parsed<Register> => {
  const node = nodeFrom(row);
  if (!node.ok) return node;
  const conflict = conflictOf(register.claims, node.value);
  const complaint =
    complaintOfEntry(register, row, { ...node.value, at: node.value.changedAt }) ??
    (conflict && `${conflict.claim} belongs to "${conflict.holder}" too`) ??
    complaintOf(node.value, register.settings);
  if (complaint !== undefined) return malformed(complaint);
  return parsed({
    ...register,
    nodes: withEntry(register.nodes, node.value.name, node.value),
    claims: withClaims(register.claims, node.value),
  });
};

const withTombstoneRow = (register: Register, row: Row): Parsed<Register> => {
  const fields = parseRow(row.value, tombstoneShape);
  if (!fields.ok) return fields;
  const { name, asn, removedAt, reason, signedRemoval } = fields.value;
  const tombstone = allParsed<Tombstone>({
    name: parseHostname(name),
    asn: asnFrom(asn),
    removedAt: parsed(BigInt(removedAt)),
    reason: parsed(reason),
    signedRemoval: parsed(signedRemoval as Signed | undefined),
  });
  if (!tombstone.ok) return tombstone;
  const complaint = complaintOfEntry(register, row, { name, at: BigInt(removedAt) });
  if (complaint !== undefined) return malformed(complaint);
  return parsed({
    ...register,
    tombstones: withEntry(register.tombstones, name, tombstone.value),
  });
};

const complaintOfEntry = (
  register: Register,
  row: Row,
  entry: { readonly name: string; readonly at: bigint },
): string | undefined => {
  if (entry.name !== row.key) return `is about "${entry.name}"`;
  if (entry.at > register.revision.number) {
    return `is of revision ${entry.at}, newer than the register's ${register.revision.number}`;
  }
  const twice =
    lookUp(register.nodes, entry.name) !== undefined ||
    lookUp(register.tombstones, entry.name) !== undefined;
  return twice ? 'is there twice (as node or as tombstone)' : undefined;
};
