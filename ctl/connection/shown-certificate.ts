// The certificate that the controller shows, before anything of it is believed.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { CtlError } from '../ctl-error.ts';
import { printServerAddress, serverNameOf, type ServerAddress } from './server-address.ts';

const handshakeMs = 10_000;

export interface Shown {
  readonly certificate: X509Certificate;
  /** The very machine that showed it: a name may stand for several. */
  readonly reached: ServerAddress;
}

export const shownCertificate = async (address: ServerAddress): Promise<Shown> => {
  const failures: unknown[] = [];
  for (const host of hostsOf(address)) {
    try {
      return await shownAt({ ...address, host }, serverNameOf(address));
    } catch (fault) {
      failures.push(fault);
    }
  }
  const reasons = failures.map((fault) => (fault instanceof Error ? fault.message : String(fault)));
  throw new CtlError(
    `the controller at ${printServerAddress(address)} did not answer (${reasons.join('; ')}): is it running, and is -controlserver right?`,
    failures.at(-1),
  );
};

/** This machine is found without any resolver (RFC 6761, 6.3). */
const hostsOf = ({ host }: ServerAddress): readonly string[] =>
  host === 'localhost' ? ['::1', '127.0.0.1'] : [host];

const shownAt = async ({ host, port }: ServerAddress, servername: string): Promise<Shown> => {
  // What is shown counts only once the register's key has signed for it (hello.ts).
  const socket = connect({
    ...{ host, port, servername },
    ...{ rejectUnauthorized: false, ALPNProtocols: ['h2'] },
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(handshakeMs) });
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) throw new Error('it shows no certificate');
    const reached = isIP(host) === 0 ? (socket.remoteAddress ?? host) : host;
    return { certificate, reached: { host: reached, port } };
  } finally {
    socket.destroy();
  }
};

/** As a controller's proof names it. */
export const hashOf = (certificate: X509Certificate): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase();
