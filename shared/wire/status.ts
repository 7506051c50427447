// A node's report of its own state, as the wire carries it.
import type {
  LinkStatus as WireLinkStatus,
  NodeStatus as WireNodeStatus,
} from '../../proto/gen/meshover/v1/status.ts';
import type { Revision as WireRevision } from '../../proto/gen/meshover/v1/mesh.ts';
import { parseHostname } from '../address/hostname.ts';
import type { Revision } from '../mesh/revision.ts';
import type { LinkStatus, NodeStatus } from '../mesh/status.ts';
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';
import { revisionFromWire, revisionToWire } from './revision.ts';

export const nodeStatusToWire = (status: NodeStatus): WireNodeStatus => ({
  desired: status.desired && revisionToWire(status.desired),
  applied: status.applied && revisionToWire(status.applied),
  failedSteps: status.failedSteps,
  failure: status.failure,
  frrBackend: status.frrBackend,
  frrVersion: status.frrVersion,
  programVersion: status.programVersion,
  links: status.links.map(linkStatusToWire),
});

export const nodeStatusFromWire = (wire: WireNodeStatus | undefined): Parsed<NodeStatus> => {
  if (wire === undefined) return malformed('the report has no status; is the agent older?');
  const desired = optionalRevision(wire.desired);
  if (!desired.ok) return malformed(`desired: ${desired.reason}`);
  const applied = optionalRevision(wire.applied);
  if (!applied.ok) return malformed(`applied: ${applied.reason}`);
  const links: LinkStatus[] = [];
  for (const each of wire.links) {
    const link = linkStatusFromWire(each);
    if (!link.ok) return link;
    links.push(link.value);
  }
  const { failedSteps, failure, frrBackend, frrVersion, programVersion } = wire;
  return parsed({
    desired: desired.value,
    applied: applied.value,
    failedSteps,
    failure,
    frrBackend,
    frrVersion,
    programVersion,
    links,
  });
};

const optionalRevision = (wire: WireRevision | undefined): Parsed<Revision | undefined> =>
  wire === undefined ? parsed(undefined) : revisionFromWire(wire);

const linkStatusToWire = (link: LinkStatus): WireLinkStatus => ({
  ...link,
  lastHandshakeSeconds: BigInt(link.lastHandshakeSeconds),
  receivedBytes: BigInt(link.receivedBytes),
  sentBytes: BigInt(link.sentBytes),
  bgpUptimeSeconds: BigInt(link.bgpUptimeSeconds),
});

const linkStatusFromWire = (wire: WireLinkStatus): Parsed<LinkStatus> => {
  const peer = parseHostname(wire.peer);
  if (!peer.ok) return malformed(`link: ${peer.reason}`);
  return parsed({
    peer: peer.value,
    interface: wire.interface,
    lastHandshakeSeconds: Number(wire.lastHandshakeSeconds),
    receivedBytes: Number(wire.receivedBytes),
    sentBytes: Number(wire.sentBytes),
    bgpState: wire.bgpState,
    bgpUptimeSeconds: Number(wire.bgpUptimeSeconds),
    bfdState: wire.bfdState,
    prefixes: wire.prefixes,
  });
};
