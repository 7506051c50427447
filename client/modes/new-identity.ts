// Gives the node a new identity key: the old one vouches for it, and is kept until the controller has taken it.
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { readControllerPin } from '../identity/controller-pin.ts';
import {
  adoptNextIdentity,
  makeNextIdentity,
  readNextIdentity,
  type NextIdentity,
} from '../identity/next-identity.ts';
import { endpointsFor, survey } from '../reconcile/turn.ts';
import { seekAdmission } from '../uplink/admission.ts';
import { meet } from '../uplink/meet.ts';
import { turnGivenFor, uplinkGivenFor, type NodeParts } from './parts.ts';

export const renewIdentity = async (parts: NodeParts): Promise<number> => {
  const { log } = parts;
  const next = await nextFor(parts);
  const taken = next.ok ? await bringNext(parts, next.value) : next;
  if (!taken.ok) {
    log.error(`the old identity key stays: ${taken.reason}`);
    return 1;
  }
  log.info('this node has a new identity key; start its agent again', {
    node: parts.config.hostname,
    reason: `identity key ${taken.value.identity.identityKey}`,
  });
  return 0;
};

/** A renewal that was cut off is finished first: the controller may know the new key already. */
export const finishRenewal = async (parts: NodeParts): Promise<NodeParts> => {
  const { log, host, config } = parts;
  const next = await readNextIdentity(host.files, config.stateDir);
  if (!next.ok) log.error(next.reason);
  if (!next.ok || next.value === undefined) return parts;
  const taken = await bringNext(parts, next.value);
  if (taken.ok) {
    log.info('this node has a new identity key: its change was cut off before', {
      node: config.hostname,
    });
    return { ...parts, identity: taken.value.identity };
  }
  log.warn('the change of the identity key was cut off and cannot be finished yet', {
    reason: `${taken.reason}; run "client -newidentity" again`,
  });
  return parts;
};

const nextFor = async (parts: NodeParts): Promise<Parsed<NextIdentity>> => {
  const { host, config, identity } = parts;
  const kept = await readNextIdentity(host.files, config.stateDir);
  if (!kept.ok) return kept;
  if (kept.value !== undefined) return parsed(kept.value);
  const pin = await readControllerPin(host.files, config.stateDir);
  if (!pin.ok) return pin;
  if (pin.value === undefined) {
    return malformed('this node has joined no mesh yet, so nobody knows its identity key');
  }
  return makeNextIdentity(host.files, config.stateDir, {
    old: identity,
    registerId: pin.value.registerId,
    name: config.hostname,
    issuedAtSeconds: BigInt(Math.floor(host.clock.now() / 1000)),
  });
};

const bringNext = async (parts: NodeParts, next: NextIdentity): Promise<Parsed<NextIdentity>> => {
  const { host, config } = parts;
  const { facts } = await survey(turnGivenFor(parts, parts.identity), undefined);
  let reason = '';
  const given = {
    ...uplinkGivenFor({ ...parts, identity: next.identity }),
    ...{ resumes: false, endpoints: endpointsFor(config, facts) },
    onView: () => undefined,
    onTrouble: () => undefined,
  };
  for (const address of config.controlServers) {
    const meeting = await meet(given, address);
    if (!meeting.ok) {
      reason = meeting.reason;
      continue;
    }
    const met = meeting.value;
    const admission = await seekAdmission({
      ...{ given, met, succession: next.succession, endpoints: () => given.endpoints },
      pause: () => Promise.resolve(false),
      onPending: (waits) => (reason = waits),
    });
    met.session.close();
    if (!('kind' in admission)) {
      await adoptNextIdentity(host.files, config.stateDir, next);
      return parsed(next);
    }
    reason ||= admission.reason;
  }
  return malformed(reason);
};
