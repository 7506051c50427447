// What the listener shows: a leaf of the private authority, or the operator's own certificate.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Secret } from '../../shared/log/secret.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import type { TlsFiles } from '../config.ts';
import { newServerLeaf, type PemPair } from './authority.ts';

export interface TlsIdentity {
  /** PEM: the server's certificate, then those that signed it. */
  readonly certificateChain: string;
  readonly privateKey: Secret;
}

export const tlsIdentityFor = async (
  { tlsFiles }: { readonly tlsFiles: TlsFiles | undefined },
  authority: PemPair,
): Promise<Parsed<TlsIdentity>> => {
  if (tlsFiles !== undefined) return readTlsFiles(tlsFiles);
  const leaf = await newServerLeaf(authority);
  const certificateChain = `${leaf.certificate}\n${authority.certificate}`;
  return parsed({ certificateChain, privateKey: leaf.key });
};

const readTlsFiles = async (files: TlsFiles): Promise<Parsed<TlsIdentity>> => {
  const certificateChain = await readPem('-tls-cert', files.certificate);
  if (!certificateChain.ok) return certificateChain;
  const key = await readPem('-tls-key', files.key);
  if (!key.ok) return key;
  const privateKey = new Secret(key.value);
  const complaint = complaintOf(certificateChain.value, privateKey);
  return complaint === undefined
    ? parsed({ certificateChain: certificateChain.value, privateKey })
    : malformed(`-tls-cert ${files.certificate}, -tls-key ${files.key}: ${complaint}`);
};

const readPem = async (flag: string, path: string): Promise<Parsed<string>> => {
  try {
    return parsed(await readFile(path, 'utf8'));
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    return malformed(`${flag} ${path} cannot be read: ${reason}`);
  }
};

/** OpenSSL's words never quote the file, so no key is shown. */
const complaintOf = (chain: string, key: Secret): string | undefined => {
  try {
    const certificate = new X509Certificate(chain);
    return certificate.checkPrivateKey(createPrivateKey(key.reveal()))
      ? undefined
      : 'the key is not of this certificate; the certificate of the server itself must come first in the file';
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    return `they are no PEM certificate and unencrypted PEM key (${reason})`;
  }
};
