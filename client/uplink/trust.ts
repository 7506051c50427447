// Trust on first use: the controller's authority is pinned at first contact, another one is refused.
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { Files } from '../host/ports.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';

/** A certificate authority as PEM text. */
export type Authority = string;

const handshakeMs = 10_000;

export const pinPath = (stateDir: string): string => join(stateDir, 'controller.pem');

export const readPin = (files: Files, stateDir: string): Promise<Authority | undefined> =>
  files.read(pinPath(stateDir));

export const writePin = (files: Files, stateDir: string, authority: Authority): Promise<void> =>
  files.write(pinPath(stateDir), authority, 0o600);

export const fingerprintOf = (authority: Authority): string =>
  new X509Certificate(authority).fingerprint256;

/** The authority that signs for the server at `address`, as it presents itself: not yet trusted. */
export const presentedAuthority = (address: string): Promise<Parsed<Authority>> =>
  new Promise((resolve) => {
    const { host, port } = splitAddress(address);
    const socket = connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    const end = (result: Parsed<Authority>): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(handshakeMs, () => {
      end(malformed(`no TLS answer from ${address} within ${handshakeMs} ms`));
    });
    socket.on('error', (fault: Error) => {
      end(malformed(fault.message === '' ? `cannot connect to ${address}` : fault.message));
    });
    socket.on('secureConnect', () => {
      end(authorityOf(socket, address));
    });
  });

/** One sentence when the server shows another authority than the pinned one; undefined when it is right. */
export const pinComplaint = (
  address: string,
  seen: { readonly pinned: Authority; readonly presented: Authority; readonly path: string },
): string | undefined => {
  const [pinned, presented] = [fingerprintOf(seen.pinned), fingerprintOf(seen.presented)];
  if (pinned === presented) return undefined;
  return (
    `the controller at ${address} presents another authority (SHA-256 ${presented}) than the one this ` +
    `node trusts (${pinned}): it was rebuilt, or somebody stands between. If you know that it was ` +
    `rebuilt and its server printed that fingerprint, remove ${seen.path} and start the client again`
  );
};

/** A pin that is no certificate would make every controller look wrong. */
export const checkPin = (pin: Authority, path: string): Parsed<Authority> => {
  try {
    fingerprintOf(pin);
    return parsed(pin);
  } catch (fault) {
    return malformed(
      `the pinned authority in ${path} is damaged (${fault instanceof Error ? fault.message : ''}): restore ` +
        'it, or remove it to trust the controller that is reached next',
    );
  }
};

const authorityOf = (socket: TLSSocket, address: string): Parsed<Authority> => {
  const top = topOf(socket.getPeerCertificate(true));
  const authority = new X509Certificate(top.raw);
  return authority.ca && authority.verify(authority.publicKey)
    ? parsed(authority.toString())
    : malformed(
        `${address} answers with TLS, but not with the chain of a Meshover controller; is the port right?`,
      );
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

const splitAddress = (address: string): { host: string; port: number } => {
  const colon = address.lastIndexOf(':');
  return {
    host: address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(colon + 1)),
  };
};
