// What `meshoverctl nodes` prints.
import { ListNodesResponse, type NodeEntry } from '../proto/gen/meshover/v1/administration.ts';
import type { Output } from './flags.ts';
import { tableOf } from './table.ts';

/** `nowSeconds`: Unix time. */
export const printNodes = (
  answer: ListNodesResponse,
  { output, nowSeconds }: { readonly output: Output; readonly nowSeconds: number },
): string =>
  output === 'json'
    ? `${JSON.stringify(ListNodesResponse.toJSON(answer), undefined, 2)}\n`
    : tableOf([
        ['NAME', 'STATE', 'ADDRESSES', 'ASN', 'SESSIONS', 'REVISION', 'REPORTED'],
        ...answer.nodes.map((entry) => rowOf(entry, nowSeconds)),
      ]);

const rowOf = (entry: NodeEntry, nowSeconds: number): string[] => {
  const { node, status } = entry;
  const links = status?.links ?? [];
  const up = links.filter((link) => link.bgpState === 'Established').length;
  const reported = Number(entry.reportedAtSeconds);
  return [
    node?.name ?? '',
    stateOf(entry),
    node?.nodeAddresses.join(' ') ?? '',
    String(node?.asn ?? ''),
    status === undefined ? '-' : `${up}/${links.length}`,
    status?.applied === undefined ? '-' : String(status.applied.number),
    reported === 0 ? 'never' : `${Math.max(0, nowSeconds - reported)}s ago`,
  ];
};

const stateOf = ({ connected, status }: NodeEntry): string => {
  if (!connected) return 'away';
  if (status === undefined) return 'joined';
  return status.failedSteps === 0 ? 'ready' : `${status.failedSteps} failed: ${status.failure}`;
};
