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
import type { JoinRequest as Request } from '../../shared/mesh/join-request.ts';
import { printRevision } from '../../shared/mesh/revision.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { pairFingerprint } from '../../shared/trust/fingerprint.ts';
import { signWord } from '../../shared/trust/signed.ts';
import { joinRequestFromWire } from '../../shared/wire/join-request.ts';
import { identityKeyFromWire } from '../../shared/wire/key.ts';
import { peerToWire } from '../../shared/wire/peer.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { settingsToWire } from '../../shared/wire/settings.ts';
import { controllerProofKind, signedToWire } from '../../shared/wire/signed.ts';
import { readJoinToken } from '../auth/join-token.ts';
import type { Asking } from '../hub/pending.ts';
import { admitNode, type Admitted } from '../register/admit.ts';
import { unauthorisedOf } from '../register/grant.ts';
import type { Joined } from '../register/join.ts';
import { nodeOf, nodesOf, type RegisteredNode } from '../register/register.ts';
import type { Caller } from './admit-call.ts';
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
    handle: (wire, caller) => join(given, wire, caller),
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

const join = async (
  given: RpcGiven,
  wire: JoinRequest,
  caller: Caller,
): Promise<Outcome<JoinResponse>> => {
  const request = joinRequestFromWire(wire);
  if (!request.ok) return refused('malformed', request.reason);
  const outcome = await knock(given, request.value, wire.dryRun);
  if (!outcome.ok) {
    const { code, detail } = outcome.refusal;
    given.log.warn('refused a join', { node: wire.name, code, reason: detail });
    return outcome;
  }
  if (wire.dryRun) return accepted(dryAnswer(given, outcome.value));
  if (outcome.value.kind === 'waits') {
    const { why } = outcome.value;
    const { address, source } = caller;
    const version = wire.version.slice(0, 40);
    return waitFor(given, { request: request.value, why, address, source, version });
  }
  given.hub.pending.forget(request.value.identityKey);
  logJoin(given, outcome.value, wire.version);
  return accepted(admittedAnswer(outcome.value));
};

/** A dry run decides the same and drops the result. */
const knock = async (
  { hub, identity, open, clock }: RpcGiven,
  request: Request,
  dryRun: boolean,
): Promise<Outcome<Admitted>> => {
  const { name, identityKey, token } = request;
  let tokenId: string | undefined;
  if (token !== '' && nodeOf(hub.register(), name)?.identityKey !== identityKey) {
    const { registerId } = hub.register().revision;
    const key = identity.signingKey;
    const read = await readJoinToken(token, { key, registerId, nowMs: clock.now() });
    if (!read.ok) return read;
    tokenId = read.value;
  }
  const given = { act: hub.act(`node ${name}`), open, tokenId };
  return dryRun
    ? admitNode(hub.register(), request, given)
    : hub.write((register) => admitNode(register, request, given));
};

const logJoin = ({ log, counters }: RpcGiven, joined: Joined, version: string): void => {
  counters.joined();
  const { node, register, change } = joined;
  log.info(change.writes.length > 0 ? 'node joined or changed' : 'node is back', {
    node: node.name,
    address: node.nodeAddress6,
    revision: printRevision(register.revision),
    version: version.slice(0, 40),
  });
};

const waitFor = ({ hub, identity, log }: RpcGiven, asking: Asking): Outcome<JoinResponse> => {
  const { name, identityKey } = asking.request;
  const fingerprint = pairFingerprint(identity.registerKey, identityKey);
  const seen = hub.pending.see(asking);
  if (seen === 'rejected') {
    return refused(
      'rejected',
      `an operator turned this node away; if that was a mistake: meshoverctl approve ${name} -fingerprint ${fingerprint}`,
    );
  }
  if (seen === 'too-many') {
    return refused(
      'overloaded',
      `too many nodes wait for approval from ${String(asking.source)}; approve or reject some first`,
    );
  }
  if (seen === 'first') {
    const reason = `${asking.why}, fingerprint ${fingerprint}`;
    log.info('a node waits for an operator', { node: name, address: asking.address, reason });
  }
  return asking.why === 'rekey' ? nameTaken(name, fingerprint) : accepted(pendingAnswer);
};

const nameTaken = (name: string, fingerprint: string): ReturnType<typeof refused> =>
  refused(
    'name-taken',
    `the name "${name}" belongs to a node with another identity key; choose another name with -hostname, or, ` +
      `if this machine takes its place: meshoverctl rekey ${name} -fingerprint ${fingerprint}; ` +
      `if that node is gone for good: meshoverctl remove ${name}`,
  );

const pendingAnswer: JoinResponse = {
  membership: Membership.MEMBERSHIP_PENDING,
  ...{ self: undefined, revision: undefined, settings: undefined, peers: [] },
  membershipCertificate: Buffer.alloc(0),
  ...{ unauthorisedAdvertise: [], unauthorisedGathering: [] },
};

const admittedAnswer = ({ node, register }: Joined): JoinResponse => ({
  membership: Membership.MEMBERSHIP_ADMITTED,
  self: peerToWire(node, node.changedAt),
  revision: revisionToWire(register.revision),
  settings: settingsToWire(register.settings),
  membershipCertificate: signedToWire(node.certificate),
  peers: [],
  ...unauthorisedFor(node),
});

/** The certificate of a place is only for a node that has it. */
const dryAnswer = ({ hub }: RpcGiven, outcome: Admitted): JoinResponse => {
  if (outcome.kind === 'waits') return pendingAnswer;
  const { node, register } = outcome;
  return {
    ...admittedAnswer(outcome),
    membershipCertificate: signedToWire(nodeOf(hub.register(), node.name)?.certificate),
    peers: nodesOf(register).map((peer) => peerToWire(peer, peer.changedAt)),
  };
};

const unauthorisedFor = (
  node: RegisteredNode,
): Pick<JoinResponse, 'unauthorisedAdvertise' | 'unauthorisedGathering'> => {
  const { advertise, gathering } = unauthorisedOf(node);
  return { unauthorisedAdvertise: [...advertise], unauthorisedGathering: [...gathering] };
};
