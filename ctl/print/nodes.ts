// What `meshoverctl nodes` prints.
import { ListNodesResponse, type NodeEntry } from '../../proto/gen/meshover/v1/administration.ts';
import { jsonOf } from './json.ts';
import type { Printing } from './printing.ts';
import { tableOf } from './table.ts';
import { ageOf } from './times.ts';

export const printNodes = (answer: ListNodesResponse, { output, nowSeconds }: Printing): string =>
  output === 'json'
    ? jsonOf(ListNodesResponse.toJSON(answer), 'nodes')
    : tableOf([
        ['NAME', 'STATE', 'ADDRESSES', 'ASN', 'SESSIONS', 'REVISION', 'REPORTED'],
        ...answer.nodes.map((entry) => rowOf(entry, nowSeconds)),
      ]);

const rowOf = (entry: NodeEntry, nowSeconds: number): string[] => {
  const { node, status } = entry;
  const links = status?.links ?? [];
  const up = links.filter((link) => link.bgpState === 'Established').length;
  return [
    node?.name ?? '',
    stateOf(entry),
    node?.nodeAddresses.join(' ') ?? '',
    String(node?.asn ?? ''),
    status === undefined ? '-' : `${up}/${links.length}`,
    status?.applied === undefined ? '-' : String(status.applied.number),
    ageOf(entry.reportedAtSeconds, nowSeconds),
  ];
};

const stateOf = ({ connected, status }: NodeEntry): string => {
  if (!connected) return 'away';
  if (status === undefined) return 'joined';
  if (status.failedSteps > 0) return `${status.failedSteps} failed: ${status.failure}`;
  return status.failure === '' ? 'ready' : `ready, but ${status.failure}`;
};
