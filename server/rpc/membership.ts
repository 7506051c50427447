// Operators' calls about who is in the mesh: remove, approve, reject, rekey.
import {
  AdministrationService,
  type AdministrationServer,
  type ApproveNodeRequest,
  type ApproveNodeResponse,
  type PendingNode,
  type RejectNodeRequest,
  type RejectNodeResponse,
  type RekeyNodeRequest,
  type RekeyNodeResponse,
  type RemoveNodeRequest,
  type RemoveNodeResponse,
} from '../../proto/gen/meshover/v1/administration.ts';
import { parseHostname } from '../../shared/address/hostname.ts';
import { printRevision } from '../../shared/mesh/revision.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { pairFingerprint } from '../../shared/trust/fingerprint.ts';
import { gatheringToWire } from '../../shared/wire/gathering.ts';
import { keyToWire } from '../../shared/wire/key.ts';
import { peerToWire } from '../../shared/wire/peer.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { signedFromWire } from '../../shared/wire/signed.ts';
import type { Waiting } from '../hub/pending.ts';
import { approveNode, rejectNode, rekeyNode } from '../register/approve.ts';
import type { Joined } from '../register/join.ts';
import { removeNode } from '../register/remove.ts';
import type { Caller } from './admit-call.ts';
import { answer } from './answer.ts';
import type { RpcGiven } from './given.ts';
import { seconds } from './seconds.ts';

type Calls = Pick<
  AdministrationServer,
  'removeNode' | 'listPending' | 'approveNode' | 'rejectNode' | 'rekeyNode'
>;

export const membershipCalls = (given: RpcGiven): Calls => ({
  removeNode: answer(given, {
    method: AdministrationService.removeNode.path,
    handle: (request, caller) => remove(given, request, caller),
  }),
  listPending: answer(given, {
    method: AdministrationService.listPending.path,
    handle: () =>
      accepted({ nodes: given.hub.pending.list().map((waiting) => pendingToWire(given, waiting)) }),
  }),
  approveNode: answer(given, {
    method: AdministrationService.approveNode.path,
    handle: (request, caller) => approve(given, request, caller),
  }),
  rejectNode: answer(given, {
    method: AdministrationService.rejectNode.path,
    handle: (request, caller) => reject(given, request, caller),
  }),
  rekeyNode: answer(given, {
    method: AdministrationService.rekeyNode.path,
    handle: (request, caller) => rekey(given, request, caller),
  }),
});

const remove = async (
  { hub, log }: RpcGiven,
  request: RemoveNodeRequest,
  { who }: Caller,
): Promise<Outcome<RemoveNodeResponse>> => {
  const name = parseHostname(request.name);
  if (!name.ok) return refused('malformed', name.reason);
  const reason = request.reason === '' ? 'removed by operator' : request.reason.slice(0, 200);
  const removal = { name: name.value, reason };
  const act = hub.act(who);
  const removed = await hub.write((register) => removeNode(register, removal, act));
  if (!removed.ok) return removed;
  const { revision } = removed.value.register;
  log.info('node removed', { node: name.value, reason, revision: printRevision(revision) });
  return accepted({ revision: revisionToWire(revision) });
};

const approve = async (
  given: RpcGiven,
  request: ApproveNodeRequest,
  { who }: Caller,
): Promise<Outcome<ApproveNodeResponse>> => {
  const waiting = waitingFor(given, request);
  if (!waiting.ok) return waiting;
  const act = given.hub.act(who);
  const { authorise, tags } = request;
  const joined = await given.hub.write((register) =>
    approveNode(register, { request: waiting.value.request, authorise, tags }, act),
  );
  if (!joined.ok) return joined;
  const { node, register } = admitted(given, joined.value, 'node approved');
  return accepted({
    revision: revisionToWire(register.revision),
    node: peerToWire(node, node.changedAt),
  });
};

const rekey = async (
  given: RpcGiven,
  request: RekeyNodeRequest,
  { who }: Caller,
): Promise<Outcome<RekeyNodeResponse>> => {
  const waiting = waitingFor(given, request);
  if (!waiting.ok) return waiting;
  const succession = signedFromWire(request.succession);
  const act = given.hub.act(who);
  const joined = await given.hub.write((register) =>
    rekeyNode(register, { request: waiting.value.request, succession }, act),
  );
  if (!joined.ok) return joined;
  const { register } = admitted(given, joined.value, 'node has another identity key now');
  return accepted({ revision: revisionToWire(register.revision) });
};

const reject = async (
  given: RpcGiven,
  request: RejectNodeRequest,
  { who }: Caller,
): Promise<Outcome<RejectNodeResponse>> => {
  const waiting = waitingFor(given, request);
  if (!waiting.ok) return waiting;
  const act = given.hub.act(who);
  const { request: asked } = waiting.value;
  const rejected = await given.hub.write((register) => accepted(rejectNode(register, asked, act)));
  if (!rejected.ok) return rejected;
  given.hub.pending.reject(waiting.value);
  given.log.info('node rejected', { node: asked.name });
  return accepted({});
};

const admitted = ({ hub, log }: RpcGiven, joined: Joined, fact: string): Joined => {
  const { node, register } = joined;
  hub.pending.forget(node.identityKey);
  log.info(fact, { node: node.name, revision: printRevision(register.revision) });
  return joined;
};

/** The one node that is meant. One that was rejected is found by its fingerprint only. */
const waitingFor = (
  { hub, identity }: RpcGiven,
  asked: { readonly name: string; readonly fingerprint: string },
): Outcome<Waiting> => {
  const name = parseHostname(asked.name);
  if (!name.ok) return refused('malformed', name.reason);
  const fingerprintOf = ({ request }: Waiting): string =>
    pairFingerprint(identity.registerKey, request.identityKey);
  const waiting = hub.pending.named(name.value);
  const wanted = asked.fingerprint.trim().toUpperCase();
  if (wanted === '') {
    const [only, ...others] = waiting;
    if (only === undefined) return notWaiting(name.value);
    return others.length === 0
      ? accepted(only)
      : refused(
          'fingerprint-mismatch',
          `${waiting.length} nodes wait as "${name.value}"; say which one is meant with -fingerprint: ` +
            waiting.map(fingerprintOf).join(', '),
        );
  }
  const candidates = [...waiting, ...hub.pending.rejected(name.value)];
  const found = candidates.find((each) => fingerprintOf(each) === wanted);
  if (found !== undefined) return accepted(found);
  return candidates.length === 0
    ? notWaiting(name.value)
    : refused(
        'fingerprint-mismatch',
        `the node that waits as "${name.value}" has the fingerprint ${candidates.map(fingerprintOf).join(', ')}, ` +
          `not ${wanted.slice(0, 80)}: it is another machine, or somebody stands between; compare with the node's own log`,
      );
};

const notWaiting = (name: string): ReturnType<typeof refused> =>
  refused(
    'not-waiting',
    `no node waits as "${name}"; meshoverctl pending lists those that do, and a node that is started asks again within seconds`,
  );

const pendingToWire = ({ identity }: RpcGiven, waiting: Waiting): PendingNode => {
  const { request, why, address, version } = waiting;
  return {
    name: request.name,
    identityKey: keyToWire(request.identityKey),
    fingerprint: pairFingerprint(identity.registerKey, request.identityKey),
    ...{ source: address, version, why },
    firstSeenSeconds: seconds(waiting.firstSeenMs),
    lastSeenSeconds: seconds(waiting.lastSeenMs),
    advertise: [...request.advertise],
    gathering: request.gathering.map(gatheringToWire),
  };
};
