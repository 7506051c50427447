// Registers of older versions of the program.
import { describe, expect, it } from 'vitest';
import { nodeOf } from '../../../server/register/register.ts';
import { registerFrom } from '../../../server/register/restore.ts';
import { rowsOf, type Row } from '../../../server/register/row.ts';
import { upgradedRows } from '../../../server/register/upgrade.ts';
import { join, joinAll, registerWith, valueOf } from './requests.ts';

/** As format 1 wrote them. */
const rows: readonly Row[] = [
  {
    table: 'register',
    key: 'head',
    value:
      '{"format":1,"registerId":"0123456789abcdef0123456789abcdef","epoch":"1","number":"2",' +
      '"tunnelPools":["10.192.0.0/12","fd00:6d65:7368::/48"],"nodePools":["10.128.0.0/12","fd00:beef:beef::/48"]}',
  },
  {
    table: 'node',
    key: 'n1',
    value:
      '{"name":"n1","wireguardKey":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",' +
      '"identityKey":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","linkDriver":"ip6gre","endpoints":[],' +
      '"gathering":[{"prefix":"192.0.2.0/27","preference":20}],"asn":4217064347,' +
      '"tunnelAddress6":"fd00:6d65:7368::1","tunnelAddress4":"10.192.0.1","nodeAddress6":"fd00:beef:beef::1",' +
      '"nodeAddress4":"10.128.0.1","advertised":["10.20.0.0/16"],"changedAt":"1"}',
  },
  {
    table: 'tombstone',
    key: 'n2',
    value: '{"name":"n2","asn":4217064348,"removedAt":"2","reason":"left"}',
  },
];

describe('format 1', () => {
  const upgraded = valueOf(upgradedRows(rows));
  const register = valueOf(registerFrom(upgraded))!;

  it('is read; what was announced and gathered counts as authorised', () => {
    expect(nodeOf(register, 'n1')).toMatchObject({
      advertised: ['10.20.0.0/16'],
      gathering: [{ prefix: '192.0.2.0/27', preference: 20 }],
      authorised: { advertise: ['10.20.0.0/16'], gathering: ['192.0.2.0/27'] },
      tags: [],
    });
    expect(register.settings.operatorKeys).toEqual([]);
    expect(register.tombstones.size).toBe(1);
  });

  it('is today’s format afterwards', () => {
    expect(upgradedRows(upgraded)).toEqual({ ok: true, value: upgraded });
    expect(registerFrom(rowsOf(register))).toEqual({ ok: true, value: register });
  });

  it('that is damaged is refused with the remedy', () => {
    const damaged = rows.map((row) => (row.table === 'node' ? { ...row, value: '{}' } : row));
    expect(upgradedRows(damaged)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('restore the state directory from a backup') as string,
    });
  });
});

it('rows of today stay as they are', () => {
  const today = rowsOf(join(joinAll(registerWith(), ['a']), 'b').register);
  expect(valueOf(upgradedRows(today))).toBe(today);
  expect(valueOf(upgradedRows([]))).toEqual([]);
});
