// Prints what would be done, and changes nothing: not the host, not the state directory.
import { printRevision } from '../../shared/mesh/revision.ts';
import type { View } from '../../shared/mesh/view.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { readIdentity, throwAwayIdentity } from '../identity/identity.ts';
import type { Identity } from '../identity/keys.ts';
import { printPlan } from '../plan/print-plan.ts';
import { endpointsFor, survey } from '../reconcile/turn.ts';
import { askDryRun } from '../uplink/dry-run.ts';
import { knownFor } from './node-parts.ts';
import { turnGivenFor, uplinkGivenFor, type AgentParts, type NodeParts } from './parts.ts';

export const printAgentPlan = async (parts: AgentParts): Promise<number> => {
  const { log, host, config } = parts;
  const kept = await readIdentity(host.files, config.stateDir);
  const identity = kept.ok && kept.value === undefined ? throwAwayIdentity() : kept;
  if (!identity.ok || identity.value === undefined) {
    log.error(identity.ok ? 'this node has no keys' : identity.reason);
    return 1;
  }
  const view = await viewFor(parts, identity.value);
  if (!view.ok) {
    log.error(view.reason);
    return 1;
  }
  const surveyed = await survey(turnGivenFor(parts, identity.value), view.value);
  for (const complaint of surveyed.complaints) log.warn(complaint);
  parts.print(`plan for ${config.hostname} at revision ${printRevision(view.value.revision)}\n`);
  parts.print(printPlan(surveyed.plan));
  return 0;
};

const viewFor = async (parts: AgentParts, identity: Identity): Promise<Parsed<View>> => {
  const known = await knownFor(parts);
  return known.saved === undefined
    ? askControllers({ ...parts, ...known, identity })
    : parsed(known.saved);
};

const askControllers = async (parts: NodeParts): Promise<Parsed<View>> => {
  const first = await survey(turnGivenFor(parts, parts.identity), undefined);
  const given = {
    ...uplinkGivenFor(parts),
    resumes: false,
    endpoints: endpointsFor(parts.config, first.facts),
    onView: () => undefined,
    onTrouble: () => undefined,
  };
  let reason = 'this node knows no mesh yet: name its controller with -controlserver HOST:12384';
  for (const address of parts.config.controlServers) {
    const joined = await askDryRun(given, address);
    if (joined.ok) return joined;
    reason = `${address}: ${joined.reason}`;
  }
  return malformed(reason);
};
