// The private certificate authority of one controller, and the server certificate it signs.
import 'reflect-metadata';
import { createHash, X509Certificate, type webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509Certificate as PeculiarCertificate,
} from '@peculiar/x509';
import { Secret } from '../../shared/log/secret.ts';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Clients pin this authority: dates would only break nodes whose clock is wrong. */
const validity = {
  notBefore: new Date('2020-01-01T00:00:00Z'),
  notAfter: new Date('2120-01-01T00:00:00Z'),
};

/** What every client expects, whatever address it reached. */
const serverName = 'meshover-controller';

export interface PemPair {
  readonly certificate: string;
  readonly key: Secret;
}

export const newAuthority = async (): Promise<PemPair> => {
  const keys = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Meshover controller authority',
    keys,
    signingAlgorithm: ecdsa,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await privatePem(keys.privateKey) };
};

/** Throws when the pair cannot sign: one reader of PEM takes what another trips over. */
export const tryAuthority = async ({ certificate, key }: PemPair): Promise<void> => {
  new PeculiarCertificate(certificate);
  await privateKeyOf(key);
};

/** A leaf for one run of the server: a new key each time, so none of it need be kept. */
export const newServerLeaf = async (authority: PemPair): Promise<PemPair> => {
  const issuer = new PeculiarCertificate(authority.certificate);
  const keys = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${serverName}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await privateKeyOf(authority.key),
    signingAlgorithm: ecdsa,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: serverName },
        { type: 'dns', value: 'localhost' },
      ]),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await privatePem(keys.privateKey) };
};

/** SHA-256 over the certificate, as clients and operators see it. */
export const fingerprintOf = (certificate: string): string =>
  new X509Certificate(certificate).fingerprint256;

/** Hexadecimal SHA-256 of the first certificate of a chain, as a ControllerProof says it. */
export const certificateHashOf = (chain: string): string =>
  createHash('sha256').update(new X509Certificate(chain).raw).digest('hex');

const privatePem = async (key: webcrypto.CryptoKey): Promise<Secret> =>
  new Secret(PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY'));

const privateKeyOf = (pem: Secret): Promise<webcrypto.CryptoKey> =>
  crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem.reveal()), ecdsa, false, ['sign']);
