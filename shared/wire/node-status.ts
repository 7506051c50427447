// A node's own state on the wire.
import type {
  LinkStatus as WireLinkStatus,
  NodeStatus as WireNodeStatus,
  OriginViolation as WireOriginViolation,
} from '../../proto/gen/meshover/v1/status.ts';
import { parseHostname } from '../address/hostname.ts';
import { parsePrefix } from '../address/prefix.ts';
import {
  mostViolations,
  type LinkStatus,
  type NodeStatus,
  type OriginViolation,
} from '../mesh/status.ts';
import { parseAll, parsed, type Parsed } from '../outcome/parsed.ts';
import { revisionFromWire, revisionToWire } from './revision.ts';

export const nodeStatusToWire = (status: NodeStatus): WireNodeStatus => ({
  ...status,
  desired: status.desired && revisionToWire(status.desired),
  applied: status.applied && revisionToWire(status.applied),
  links: status.links.map((link) => ({
    ...link,
    lastHandshakeSeconds: BigInt(link.lastHandshakeSeconds),
    receivedBytes: BigInt(link.receivedBytes),
    sentBytes: BigInt(link.sentBytes),
    bgpUptimeSeconds: BigInt(link.bgpUptimeSeconds),
    violations: link.violations.map((violation) => ({ ...violation })),
  })),
});

export const nodeStatusFromWire = (wire: WireNodeStatus): Parsed<NodeStatus> => {
  const links = parseAll(wire.links, linkStatusFromWire);
  if (!links.ok) return links;
  const desired = wire.desired && revisionFromWire(wire.desired);
  if (desired?.ok === false) return desired;
  const applied = wire.applied && revisionFromWire(wire.applied);
  if (applied?.ok === false) return applied;
  return parsed({
    ...wire,
    desired: desired?.value,
    applied: applied?.value,
    links: links.value,
  });
};

const linkStatusFromWire = (wire: WireLinkStatus): Parsed<LinkStatus> => {
  const peer = parseHostname(wire.peer);
  if (!peer.ok) return peer;
  const violations = parseAll(wire.violations.slice(0, mostViolations), violationFromWire);
  if (!violations.ok) return violations;
  return parsed({
    ...wire,
    violations: violations.value,
    peer: peer.value,
    lastHandshakeSeconds: Number(wire.lastHandshakeSeconds),
    receivedBytes: Number(wire.receivedBytes),
    sentBytes: Number(wire.sentBytes),
    bgpUptimeSeconds: Number(wire.bgpUptimeSeconds),
  });
};

/** A path is as long as somebody made it. */
const longestPath = 200;

const violationFromWire = (wire: WireOriginViolation): Parsed<OriginViolation> => {
  const prefix = parsePrefix(wire.prefix);
  return prefix.ok
    ? parsed({ prefix: prefix.value, path: wire.path.slice(0, longestPath) })
    : prefix;
};
