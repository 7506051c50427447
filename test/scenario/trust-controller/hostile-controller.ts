// A controller in hostile hands: it has what a controller has on disk, and says what a file tells it to say.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import {
  JoiningService,
  Membership,
  type JoiningServer,
  type JoinRequest,
  type JoinResponse,
} from '../../../proto/gen/meshover/v1/joining.ts';
import { Signed } from '../../../proto/gen/meshover/v1/mesh.ts';
import {
  PeersService,
  SnapshotChunk,
  type PeersServer,
} from '../../../proto/gen/meshover/v1/peers.ts';
import { StatusService, type StatusServer } from '../../../proto/gen/meshover/v1/status.ts';
import { certificateHashOf, newAuthority, newServerLeaf } from '../../../server/auth/authority.ts';
import type { Peer } from '../../../shared/mesh/peer.ts';
import { registerKeyOf, signWord } from '../../../shared/trust/signed.ts';
import { peerFromWire } from '../../../shared/wire/peer.ts';
import { controllerProofKind, membershipKind, signedToWire } from '../../../shared/wire/signed.ts';

interface Script {
  readonly listen: string;
  /** PEM of the private half. */
  readonly registerKey: string;
  /** What every node is told when it watches; SnapshotChunk in JSON. */
  readonly snapshot: unknown;
  /** The nodes as they are, for their own joins; SnapshotChunk in JSON. */
  readonly honest: unknown;
}

const scriptFrom = (path: string): Script => JSON.parse(readFileSync(path, 'utf8')) as Script;

const script = scriptFrom(process.argv[2] ?? '');
const key: KeyObject = createPrivateKey(script.registerKey);
const honest = SnapshotChunk.fromJSON(script.honest);
const snapshot = SnapshotChunk.fromJSON(script.snapshot);
const registerId = honest.revision?.registerId ?? '';
const leaf = await newServerLeaf(await newAuthority());

const joiningOf = (certificateHash: string): JoiningServer => ({
  hello: ({ request }, answer) => {
    const nonce = request.nonce.toString('hex');
    const nowMs = BigInt(Date.now());
    const word = { nonce, registerId, registerKey: registerKeyOf(key), certificateHash, nowMs };
    answer(null, { proof: Signed.decode(signedToWire(signWord(controllerProofKind, word, key))) });
  },
  join: ({ request }, answer) => {
    answer(null, answerTo(request));
  },
});

const answerTo = ({ name, identityKey }: JoinRequest): JoinResponse => {
  const self = honest.peers.find((peer) => peer.name === name);
  const peer = self && peerFromWire(self);
  if (peer?.ok !== true) throw new Error(`no node ${name} in the script`);
  return {
    membership: Membership.MEMBERSHIP_ADMITTED,
    self,
    revision: honest.revision,
    settings: honest.settings,
    membershipCertificate: certificateFor(peer.value, identityKey.toString('base64')),
    ...{ peers: [], unauthorisedAdvertise: [], unauthorisedGathering: [] },
  };
};

const certificateFor = (peer: Peer, identityKey: string): Buffer =>
  signedToWire(
    signWord(
      membershipKind,
      {
        ...{ ...peer, identityKey: identityKey as Peer['identityKey'] },
        ...{ registerId, serial: 1n, epoch: 1n, issuedAtSeconds: 1n },
      },
      key,
    ),
  );

const peers: PeersServer = {
  watch: (stream) => {
    process.stdout.write(`${stream.request.name} watches\n`);
    stream.write({ event: { $case: 'snapshot', value: snapshot } });
  },
};

const status: StatusServer = {
  report: (_call, answer) => {
    answer(null, {});
  },
};

const server = new Server();
server.addService(JoiningService, joiningOf(certificateHashOf(leaf.certificate)));
server.addService(PeersService, peers);
server.addService(StatusService, status);
const credentials = ServerCredentials.createSsl(null, [
  { private_key: Buffer.from(leaf.key.reveal()), cert_chain: Buffer.from(leaf.certificate) },
]);
server.bindAsync(script.listen, credentials, (fault) => {
  if (fault !== null) throw fault;
  process.stdout.write('listening\n');
});
