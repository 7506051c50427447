// Asks the controller to prove which register it speaks for, on the very certificate that it shows.
import { randomBytes } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import {
  Channel,
  credentials,
  Metadata,
  type ChannelCredentials,
  type ChannelOptions,
} from '@grpc/grpc-js';
import { JoiningClient } from '../../proto/gen/meshover/v1/joining.ts';
import type { ControllerProof } from '../../shared/mesh/trust.ts';
import { readControllerProof } from '../../shared/trust/controller-proof.ts';
import { closeSigned } from '../../shared/wire/signed.ts';
import { CtlError } from '../ctl-error.ts';
import { callOnce } from './call.ts';
import { printServerAddress, serverNameOf, type ServerAddress } from './server-address.ts';
import { hashOf, shownCertificate } from './shown-certificate.ts';

export interface Greeted {
  /** Every connection of this channel shows the certificate that was proven, or fails. */
  readonly channel: Channel;
  readonly security: ChannelCredentials;
  readonly proof: ControllerProof;
}

const channelOptions = (address: ServerAddress): ChannelOptions => ({
  'grpc.ssl_target_name_override': serverNameOf(address),
  'grpc.enable_http_proxy': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
});

export const greet = async (address: ServerAddress): Promise<Greeted> => {
  const server = printServerAddress(address);
  const { certificate: shown, reached } = await shownCertificate(address);
  const hash = hashOf(shown);
  // The certificate itself is the only anchor: who signed it, and for which name, says nothing here.
  const security = credentials.createFromSecureContext(
    createSecureContext({ ca: shown.toString(), allowPartialTrustChain: true }),
    { checkServerIdentity: (_, { raw }) => otherCertificate(raw, shown.raw) },
  );
  const channel = new Channel(printServerAddress(reached), security, channelOptions(address));
  const joining = new JoiningClient(server, security, { channelOverride: channel });
  try {
    const nonce = randomBytes(32);
    const caller = { server, metadata: new Metadata() };
    const answer = await callOnce(caller, joining.hello.bind(joining), { nonce });
    const proof = readControllerProof(answer.proof && closeSigned(answer.proof), {
      nonce: nonce.toString('hex'),
      certificateHash: hash,
    });
    if (!proof.ok) throw new CtlError(unprovenAt(server, proof.reason));
    return { channel, security, proof: proof.value };
  } catch (fault) {
    channel.close();
    throw fault;
  }
};

const otherCertificate = (shown: Buffer, proven: Buffer): Error | undefined =>
  shown.equals(proven)
    ? undefined
    : new Error('the controller showed another certificate than a moment ago: try again');

const unprovenAt = (server: string, reason: string): string =>
  `the controller at ${server} does not prove who it is (${reason}); nothing secret was sent. ` +
  'Is -controlserver right, and does nothing between terminate TLS?';
