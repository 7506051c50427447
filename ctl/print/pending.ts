// What `meshoverctl pending` prints.
import {
  ListPendingResponse,
  type PendingNode,
} from '../../proto/gen/meshover/v1/administration.ts';
import { jsonOf } from './json.ts';
import type { Printing } from './printing.ts';
import { listCell, tableOf } from './table.ts';
import { ageOf } from './times.ts';

export const printPending = (
  answer: ListPendingResponse,
  { output, nowSeconds }: Printing,
): string =>
  output === 'json'
    ? jsonOf(ListPendingResponse.toJSON(answer), 'nodes')
    : tableOf([
        ['NAME', 'FINGERPRINT', 'WHY', 'FROM', 'SINCE', 'LAST ASKED', 'ADVERTISE', 'GATHERING'],
        ...answer.nodes.map((node) => [
          ...[node.name, node.fingerprint, node.why, node.source],
          ageOf(node.firstSeenSeconds, nowSeconds),
          ageOf(node.lastSeenSeconds, nowSeconds),
          listCell(node.advertise),
          gatheringOf(node),
        ]),
      ]);

/** One waiting node in full, for a person who decides. */
export const printWaiting = (node: PendingNode, nowSeconds: number): string =>
  tableOf([
    ['name', node.name],
    ['fingerprint', node.fingerprint],
    ['why', whys[node.why] ?? node.why],
    ['from', node.source],
    ['since', ageOf(node.firstSeenSeconds, nowSeconds)],
    ['advertise', listCell(node.advertise)],
    ['gathering', gatheringOf(node)],
    ['version', node.version],
  ]);

const whys: Readonly<Record<string, string>> = {
  new: 'it is new',
  removed: 'it was removed before',
  rekey: 'the name belongs to another identity key (meshoverctl rekey gives it to this one)',
};

const gatheringOf = ({ gathering }: PendingNode): string =>
  listCell(gathering.map(({ prefix, preference }) => `${prefix}@${preference}`));
