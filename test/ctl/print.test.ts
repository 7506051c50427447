// What meshoverctl prints for people.
import { expect, test } from 'vitest';
import { printNodes } from '../../ctl/print/nodes.ts';
import { tableOf } from '../../ctl/print/table.ts';
import { ListNodesResponse } from '../../proto/gen/meshover/v1/administration.ts';

const link = (bgpState: string): object => ({ peer: 'b', interface: 'mo-b', bgpState });

const answer = ListNodesResponse.fromPartial({
  nodes: [
    {
      node: { name: 'a', asn: 4_200_000_001, nodeAddresses: ['fd00:beef:beef::1', '10.128.0.1'] },
      status: {
        applied: { registerId: 'f'.repeat(32), epoch: 1n, number: 7n },
        links: [link('Established'), link('Idle')],
      },
      reportedAtSeconds: 995n,
      connected: true,
    },
    { node: { name: 'bb' }, status: { failedSteps: 2, failure: 'no GRE' }, connected: true },
    { node: { name: 'b3' }, status: { failure: 'this host drops' }, connected: true },
    { node: { name: 'c' }, connected: true },
    { node: { name: 'd' }, status: {}, connected: false },
  ],
});

test('a row a node: its state, sessions, revision and age of its report', () => {
  const lines = printNodes(answer, { output: 'table', nowSeconds: 1000 }).trimEnd().split('\n');
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['NAME', 'STATE', 'ADDRESSES', 'ASN', 'SESSIONS', 'REVISION', 'REPORTED'],
    ['a', 'ready', 'fd00:beef:beef::1 10.128.0.1', '4200000001', '1/2', '7', '5s ago'],
    ['bb', '2 failed: no GRE', '0', '0/0', '-', 'never'],
    ['b3', 'ready, but this host drops', '0', '0/0', '-', 'never'],
    ['c', 'joined', '0', '-', '-', 'never'],
    ['d', 'away', '0', '0/0', '-', 'never'],
  ]);
});

test('a clock behind the controller shows no negative age', () => {
  expect(printNodes(answer, { output: 'table', nowSeconds: 990 })).toContain('0s ago');
});

test('json is what the contract says', () => {
  const text = printNodes(answer, { output: 'json', nowSeconds: 1000 });
  expect(ListNodesResponse.fromJSON(JSON.parse(text))).toEqual(answer);
});

test('columns are as wide as their longest cell, and lines end without blanks', () => {
  expect(
    tableOf([
      ['a', 'b'],
      ['long', ''],
      ['x', 'yy'],
    ]),
  ).toBe('a     b\nlong\nx     yy\n');
});

test('no escape sequence that a node has chosen reaches the terminal', () => {
  expect(tableOf([['a\u001b[31m\u009b2J\u202eb\nc']])).toBe('a?[31m?2J?b?c\n');
});

test('a list is in the json even when it is empty', () => {
  const nothing = ListNodesResponse.fromPartial({});
  expect(JSON.parse(printNodes(nothing, { output: 'json', nowSeconds: 0 }))).toEqual({ nodes: [] });
});
