// The service by which nodes present themselves.
import {
  JoiningService,
  Membership,
  type HelloResponse,
  type JoiningServer,
  type JoinRequest,
  type JoinResponse,
} from '../../proto/gen/meshover/v1/joining.ts';
import { Signed } from '../../proto/gen/meshover/v1/mesh.ts';
import { printRevision } from '../../shared/mesh/revision.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { joinRequestFromWire } from '../../shared/wire/join-request.ts';
import { identityKeyFromWire } from '../../shared/wire/key.ts';
import { peerToWire } from '../../shared/wire/peer.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { settingsToWire } from '../../shared/wire/settings.ts';
import { controllerProofKind, signedToWire } from '../../shared/wire/signed.ts';
import { signWord } from '../../shared/trust/signed.ts';
import { unauthorisedOf } from '../register/grant.ts';
import type { Joined } from '../register/join.ts';
import { nodesOf, type RegisteredNode } from '../register/register.ts';
import { answer } from './answer.ts';
import type { RpcGiven } from './given.ts';

export const joiningServer = (given: RpcGiven): JoiningServer => ({
  hello: answer(given, {
    method: JoiningService.hello.path,
    handle: ({ nonce }) => hello(given, nonce),
  }),
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

const nonceBytes = 32;

const hello = (given: RpcGiven, nonce: Uint8Array): Outcome<HelloResponse> => {
  if (nonce.length !== nonceBytes) {
    return refused('malformed', `the nonce has ${nonce.length} bytes; ${nonceBytes} are needed`);
  }
  const { registerKey, signingKey, certificateHash } = given.identity;
  const proof = {
    nonce: Buffer.from(nonce).toString('hex'),
    registerId: given.hub.register().revision.registerId,
    ...{ registerKey, certificateHash },
    nowMs: BigInt(Math.floor(given.clock.now())),
  };
  return accepted({
    proof: Signed.decode(signedToWire(signWord(controllerProofKind, proof, signingKey))),
  });
};

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
  membershipCertificate: signedToWire(node.certificate),
  peers: peers.map((peer) => peerToWire(peer, peer.changedAt)),
  ...unauthorisedFor(node),
});

const unauthorisedFor = (
  node: RegisteredNode,
): Pick<JoinResponse, 'unauthorisedAdvertise' | 'unauthorisedGathering'> => {
  const { advertise, gathering } = unauthorisedOf(node);
  return { unauthorisedAdvertise: [...advertise], unauthorisedGathering: [...gathering] };
};
