// An operator's private key on disk: Ed25519, PKCS #8 in PEM, for its owner only.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { CtlError } from './ctl-error.ts';
import { reasonOf } from './connection/file-fault.ts';

const anybodyElse = 0o077;

export const readOperatorKey = (path: string): KeyObject => {
  const pem = readNeeded(path);
  if ((statSync(path).mode & anybodyElse) !== 0) {
    throw new CtlError(`-operatorkey ${path} can be read by others: chmod 600 ${path}`);
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'ed25519')
      throw new Error(`it is ${key.asymmetricKeyType ?? 'another'}`);
    return key;
  } catch (fault) {
    throw new CtlError(
      `-operatorkey ${path} holds no Ed25519 private key in PEM (${reasonOf(fault)}): make one with meshoverctl operatorkey create FILE`,
      fault,
    );
  }
};

/** A file that is there is never written over: a lost operator key cannot be made again. The public half, base64. */
export const createOperatorKey = (path: string): string => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  try {
    writeFileSync(path, pem, { mode: 0o600, flag: 'wx', flush: true });
  } catch (fault) {
    throw new CtlError(
      `the operator key cannot be written (${reasonOf(fault)}): name a new file in a directory of yours`,
      fault,
    );
  }
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('base64');
};

const readNeeded = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (fault) {
    throw new CtlError(
      `-operatorkey: ${reasonOf(fault)}; name the file that meshoverctl operatorkey create has made`,
      fault,
    );
  }
};
