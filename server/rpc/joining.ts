// The service by which nodes present themselves.
import {
  JoiningService,
  Membership,
  type JoiningServer,
  type JoinRequest,
  type JoinResponse,
} from '../../proto/gen/meshover/v1/joining.ts';
import { printRevision } from '../../shared/mesh/revision.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { joinRequestFromWire } from '../../shared/wire/join-request.ts';
import { identityKeyFromWire } from '../../shared/wire/key.ts';
import { peerToWire } from '../../shared/wire/peer.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { settingsToWire } from '../../shared/wire/settings.ts';
import type { Joined } from '../register/join.ts';
import { nodesOf, type RegisteredNode } from '../register/register.ts';
import { answer } from './answer.ts';
import type { RpcGiven } from './given.ts';

export const joiningServer = (given: RpcGiven): JoiningServer => ({
  join: answer(given, {
    method: JoiningService.join.path,
    // A newcomer is not in the register yet: it proves that it holds the key that it presents.
    from: ({ name, identityKey }: JoinRequest) => ({
      name,
      presented: identityKeyFromWire(identityKey),
    }),
    handle: (wire) => (wire.dryRun ? tryJoin(given, wire) : join(given, wire)),
  }),
});

const join = async (given: RpcGiven, wire: JoinRequest): Promise<Outcome<JoinResponse>> => {
  const request = joinRequestFromWire(wire);
  if (!request.ok) return refused('malformed', request.reason);
  const joined = await given.hub.join(request.value);
  if (!joined.ok) {
    const { code, detail } = joined.refusal;
    given.log.warn('refused a join', { node: wire.name, code, reason: detail });
    return joined;
  }
  given.counters.joined();
  const { node, register, change } = joined.value;
  given.log.info(change.writes.length > 0 ? 'node joined or changed' : 'node is back', {
    node: node.name,
    address: node.nodeAddress6,
    revision: printRevision(register.revision),
    version: wire.version.slice(0, 40),
  });
  return accepted(responseFor(joined.value, []));
};

const tryJoin = (given: RpcGiven, wire: JoinRequest): Outcome<JoinResponse> => {
  const request = joinRequestFromWire(wire);
  if (!request.ok) return refused('malformed', request.reason);
  const joined = given.hub.tryJoin(request.value);
  return joined.ok ? accepted(responseFor(joined.value, nodesOf(joined.value.register))) : joined;
};

const responseFor = (
  { node, register }: Joined,
  peers: readonly RegisteredNode[],
): JoinResponse => ({
  membership: Membership.MEMBERSHIP_ADMITTED,
  self: peerToWire(node, node.changedAt),
  revision: revisionToWire(register.revision),
  settings: settingsToWire(register.settings),
  membershipCertificate: Buffer.alloc(0),
  peers: peers.map((peer) => peerToWire(peer, peer.changedAt)),
});
