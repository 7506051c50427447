// The register from rows: what is damaged is refused, whole.
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';
import { removeNode } from '../../../server/register/remove.ts';
import { registerFrom } from '../../../server/register/restore.ts';
import { rowsOf, type Row } from '../../../server/register/row.ts';
import { act, join, joinAll, registerWith, valueOf } from './requests.ts';

const prefix = '192.0.2.0/27' as Prefix;
const wishes = { gathering: [{ prefix, preference: 20 }], advertise: ['10.20.0.0/16' as Prefix] };
const filled = join(joinAll(registerWith(), ['n1', 'n2', 'n3']), 'n4', wishes).register;
const register = valueOf(
  removeNode(filled, { name: 'n3' as Hostname, reason: 'left' }, act),
).register;
const rows = rowsOf(register);

const reasonFor = (damaged: readonly Row[]): string => {
  const result = registerFrom(damaged);
  return result.ok ? 'accepted' : result.reason;
};

/** The rows with one row's JSON changed. */
const withFields = (table: string, key: string, changes: object): readonly Row[] =>
  rows.map((row) =>
    row.table === table && row.key === key
      ? { ...row, value: JSON.stringify({ ...(JSON.parse(row.value) as object), ...changes }) }
      : row,
  );

const asking = (gathering: readonly object[]): object => ({ asked: { advertise: [], gathering } });

const withRow = (table: Row['table'], key: string, value: object): readonly Row[] => [
  ...rows,
  { table, key, value: JSON.stringify(value) },
];
const admin = { name: 'ann', role: 'viewer', tokenHash: '0'.repeat(64), createdAtMs: 1 };

const damages: readonly [string, readonly Row[], string][] = [
  ['no head', rows.slice(1), 'has no head row'],
  ['a newer format', withFields('register', 'head', { format: 3 }), 'written in format 3'],
  ['a bad register id', withFields('register', 'head', { registerId: 'X' }), 'bad register id'],
  ['a bad epoch', withFields('register', 'head', { epoch: '-1' }), '"epoch"'],
  ['a number as number', withFields('register', 'head', { number: 5 }), '"number"'],
  [
    'a number over 64 bits',
    withFields('register', 'head', { number: '18446744073709551616' }),
    '"number"',
  ],
  ['bad pools', withFields('register', 'head', { nodePools: ['10.0.0.0/8'] }), 'no IPv6 pool'],
  ['a cut row', [{ ...rows[0]!, value: rows[0]!.value.slice(0, 20) }], 'not a JSON object'],
  ['a row of nothing', [...rows, { table: 'node', key: 'n9', value: 'null' }], 'node/n9: is not'],
  ['an unknown row', [...rows, { ...rows[0]!, key: 'tail' }], 'register/tail: is unknown'],
  ['a bad name', withFields('node', 'n1', { name: 'N1' }), 'node/n1: hostname "N1"'],
  ['another name', withFields('node', 'n1', { name: 'n8' }), 'is about "n8"'],
  ['a node twice', [...rows, rows[1]!], 'is there twice'],
  ['a missing field', withFields('node', 'n1', { asn: undefined }), '"asn" (number)'],
  ['a bad ASN', withFields('node', 'n1', { asn: 1 }), 'not a private 4-byte ASN'],
  ['a bad key', withFields('node', 'n1', { wireguardKey: '' }), 'WireGuard public key'],
  ['a bad address', withFields('node', 'n1', { nodeAddress4: '10.128.0.256' }), '10.128.0.256'],
  [
    'families mixed up',
    withFields('node', 'n1', { nodeAddress6: '10.128.0.1' }),
    'where an IPv6 address belongs',
  ],
  [
    'an address outside',
    withFields('node', 'n1', { nodeAddress4: '10.9.0.1' }),
    'outside -assignaddress',
  ],
  ['bad endpoints', withFields('node', 'n1', { endpoints: [1] }), '"endpoints" (texts)'],
  ['a bad endpoint', withFields('node', 'n1', { endpoints: ['x'] }), 'not an endpoint'],
  ['bad gathering', withFields('node', 'n1', asking([{ prefix: '::/8' }])), '"asked"'],
  [
    'a bad range',
    withFields('node', 'n1', asking([{ prefix: 'x', preference: 1 }])),
    'not a prefix',
  ],
  ...[0, 65536, 1.5].map((preference): [string, readonly Row[], string] => [
    `preference ${preference}`,
    withFields('node', 'n1', asking([{ prefix, preference }])),
    `preference ${preference} is not`,
  ]),
  ['a bad driver', withFields('node', 'n1', { linkDriver: 'ipip' }), '"ipip" is not a link driver'],
  ['a node of the future', withFields('node', 'n1', { changedAt: '99' }), 'is of revision 99'],
  [
    'a tombstone of the future',
    withFields('tombstone', 'n3', { removedAt: '99' }),
    'is of revision 99',
  ],
  ['a bad tombstone', withFields('tombstone', 'n3', { reason: 1 }), '"reason" (text)'],
  ['a tombstone’s bad ASN', withFields('tombstone', 'n3', { asn: 1 }), 'not a private'],
  ['a bad token', withRow('token', 'x', { id: 'x' }), '"label" (text)'],
  ['a bad administrator', withRow('administrator', 'ann', admin), '"createdBy" (text)'],
  [
    'a role of the future',
    withRow('administrator', 'ann', { ...admin, createdBy: '', role: 'god' }),
    '"role" (god)',
  ],
  [
    'a hash that is none',
    withRow('administrator', 'ann', { ...admin, createdBy: '', tokenHash: 'x' }),
    '"tokenHash"',
  ],
  [
    'another administrator',
    withRow('administrator', 'bob', { ...admin, createdBy: '' }),
    'is about "ann"',
  ],
  [
    'a removed key that is none',
    withRow('barred', 'x', { identityKey: 'x', name: 'a', atMs: 1 }),
    'an identity key is',
  ],
  [
    'a node and its tombstone',
    [...rows, ...rowsOf(filled).filter((row) => row.key === 'n3')],
    'is there twice',
  ],
];

describe('registerFrom', () => {
  it('gives back what was kept', () => {
    expect(registerFrom(rows)).toEqual({ ok: true, value: register });
  });

  it('does not care for the order of rows', () => {
    expect(registerFrom([...rows].reverse())).toEqual({ ok: true, value: register });
  });

  it('of no rows is no register', () => {
    expect(registerFrom([])).toEqual({ ok: true, value: undefined });
  });

  it.each(damages)('refuses %s', (_, damaged, why) => {
    expect(reasonFor(damaged)).toContain(why);
  });

  it.each(['asn', 'wireguardKey', 'identityKey', 'tunnelAddress6', 'nodeAddress4'])(
    'refuses two nodes with one %s',
    (field) => {
      const other = JSON.parse(rows.find(({ key }) => key === 'n2')!.value) as Record<
        string,
        unknown
      >;
      expect(reasonFor(withFields('node', 'n1', { [field]: other[field] }))).toMatch(
        /belongs to "n[12]" too; the register is damaged: nothing was changed; restore/,
      );
    },
  );
});
