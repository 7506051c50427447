// What `meshoverctl token list` prints.
import { ListTokensResponse } from '../../proto/gen/meshover/v1/administration.ts';
import { jsonOf } from './json.ts';
import type { Printing } from './printing.ts';
import { listCell, tableOf } from './table.ts';
import { whenOf } from './times.ts';

const header = [
  ...['ID', 'STATE', 'USED', 'EXPIRES', 'HOSTNAMES', 'TAGS'],
  ...['AUTHORISES', 'MADE BY', 'LABEL', 'NODES'],
];

export const printTokens = (
  answer: ListTokensResponse,
  { output, nowSeconds }: Printing,
): string =>
  output === 'json'
    ? jsonOf(ListTokensResponse.toJSON(answer), 'tokens')
    : tableOf([
        header,
        ...answer.tokens.map((token) => [
          ...[token.id, token.state, `${token.used}/${token.uses}`],
          whenOf(token.expiresAtSeconds, nowSeconds),
          token.hostnamePattern || '*',
          listCell(token.tags),
          listCell([...token.advertise, ...token.gathering.map((range) => `from ${range}`)]),
          token.createdBy,
          token.label || '-',
          listCell(token.nodes),
        ]),
      ]);
