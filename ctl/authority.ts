// The controller's authority: from a file, or as the controller shows it, if its fingerprint is the given one.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { CtlError } from './ctl-error.ts';
import { readNeeded } from './read-needed.ts';

const handshakeMs = 10_000;

export interface AuthorityGiven {
  readonly controlserver: string;
  readonly ca: string;
  /** SHA-256, hexadecimal, with or without colons; '' = read the file. */
  readonly fingerprint: string;
}

/** PEM. */
export const authorityFor = async (given: AuthorityGiven): Promise<Buffer> => {
  if (given.fingerprint === '') return readNeeded(given.ca, '-ca');
  const presented = await presentedAuthority(given.controlserver);
  if (bare(presented.fingerprint256) !== bare(given.fingerprint)) {
    throw new CtlError(
      `the controller at ${given.controlserver} has the fingerprint ${presented.fingerprint256}, which is not ` +
        'the one of -fingerprint: compare with what the server printed at its start',
    );
  }
  return Buffer.from(presented.toString());
};

const bare = (fingerprint: string): string =>
  fingerprint
    .replace(/^sha-?256[: ]*/i, '')
    .replaceAll(':', '')
    .toLowerCase();

const presentedAuthority = async (address: string): Promise<X509Certificate> => {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  // Nothing is trusted yet: only the fingerprint of what is shown counts.
  const socket = connect({
    ...{ host, port: Number(address.slice(colon + 1)), rejectUnauthorized: false },
    ALPNProtocols: ['h2'],
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(handshakeMs) });
    return new X509Certificate(topOf(socket.getPeerCertificate(true)).raw);
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    throw new CtlError(
      `the controller at ${address} did not answer (${reason}): is it running, and is -controlserver right?`,
      fault,
    );
  } finally {
    socket.destroy();
  }
};

/** Node closes the chain with a certificate that is its own issuer. */
const topOf = (leaf: DetailedPeerCertificate): DetailedPeerCertificate => {
  let top = leaf;
  for (let depth = 0; depth < 8; depth++) {
    const issuer = top.issuerCertificate as DetailedPeerCertificate | undefined;
    if (issuer === undefined || issuer === top) break;
    top = issuer;
  }
  return top;
};
