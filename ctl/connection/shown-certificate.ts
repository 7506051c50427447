// The certificate that the controller shows, before anything of it is believed.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { CtlError } from '../ctl-error.ts';
import { printServerAddress, serverNameOf, type ServerAddress } from './server-address.ts';

const handshakeMs = 10_000;

export const shownCertificate = async (address: ServerAddress): Promise<X509Certificate> => {
  // What is shown counts only once the register's key has signed for it (hello.ts).
  const socket = connect({
    ...{ ...address, servername: serverNameOf(address) },
    ...{ rejectUnauthorized: false, ALPNProtocols: ['h2'] },
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(handshakeMs) });
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) throw new Error('it shows no certificate');
    return certificate;
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    throw new CtlError(
      `the controller at ${printServerAddress(address)} did not answer (${reason}): is it running, and is -controlserver right?`,
      fault,
    );
  } finally {
    socket.destroy();
  }
};

/** As a controller's proof names it. */
export const hashOf = (certificate: X509Certificate): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase();
