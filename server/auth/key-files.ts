// The controller's keys on disk, made at the first start and readable by its owner only.
import {
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Secret } from '../../shared/log/secret.ts';
import { newAuthority, tryAuthority, type PemPair } from './authority.ts';

export interface ControllerKeys {
  readonly authority: PemPair;
  /** Ed25519: the register's own signature. Its export is never logged. */
  readonly registerKey: KeyObject;
  /** What meshoverctl shows to act as an operator. */
  readonly adminToken: Secret;
  /** The token was made just now: nobody has seen it yet. */
  readonly isFirstStart: boolean;
}

export const keyFileNames = {
  authority: 'authority.pem',
  authorityKey: 'authority.key',
  registerKey: 'register.key',
  adminToken: 'admin.token',
} as const;

const restore = 'restore it from a backup; without it the nodes will not trust this controller';

/** A key file cannot be used; the message says what to do. */
export class KeyFileError extends Error {
  readonly code = 'key-file';

  constructor(path: string, cause: unknown, remedy = restore) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${path} cannot be used (${reason}): ${remedy}`, { cause });
    this.name = 'KeyFileError';
  }
}

export const loadKeys = async (stateDir: string): Promise<ControllerKeys> => {
  const path = (name: keyof typeof keyFileNames): string => join(stateDir, keyFileNames[name]);
  const authority = await loadAuthority(path('authority'), path('authorityKey'));
  const pem = await readOrMake(path('registerKey'), newRegisterKey);
  const registerKey = checked(path('registerKey'), () => ed25519From(pem));
  const isFirstStart = (await readIfThere(path('adminToken'))) === undefined;
  const token = await readOrMake(
    path('adminToken'),
    () => `${randomBytes(32).toString('base64url')}\n`,
  );
  const anew = 'restore it from a backup, or remove it and a new one is made';
  checked(
    path('adminToken'),
    () => {
      if (token.trim().length < 32) throw new Error('it is too short to be a secret');
    },
    anew,
  );
  return { authority, registerKey, adminToken: new Secret(token.trim()), isFirstStart };
};

/** The certificate is written last: a key without one is a first start that was cut off. */
const loadAuthority = async (certificatePath: string, keyPath: string): Promise<PemPair> => {
  const certificate = await readIfThere(certificatePath);
  if (certificate === undefined) {
    const made = await newAuthority();
    await write(keyPath, made.key.reveal());
    await write(certificatePath, made.certificate);
    return made;
  }
  const key = new Secret((await readIfThere(keyPath)) ?? '');
  const parsedCertificate = checked(certificatePath, () => new X509Certificate(certificate));
  checked(keyPath, () => {
    if (!parsedCertificate.checkPrivateKey(createPrivateKey(key.reveal()))) {
      throw new Error(`it is not the key of ${certificatePath}`);
    }
  });
  if (!parsedCertificate.verify(parsedCertificate.publicKey)) {
    throw new KeyFileError(certificatePath, 'its signature does not fit: it was changed');
  }
  const authority = { certificate, key };
  try {
    await tryAuthority(authority);
  } catch (fault) {
    throw new KeyFileError(`${certificatePath} or ${keyPath}`, fault);
  }
  return authority;
};

const ed25519From = (pem: string): KeyObject => {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is not an Ed25519 key');
  return key;
};

const newRegisterKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const checked = <T>(path: string, check: () => T, remedy?: string): T => {
  try {
    return check();
  } catch (fault) {
    throw new KeyFileError(path, fault, remedy);
  }
};

const readOrMake = async (path: string, make: () => string): Promise<string> => {
  const present = await readIfThere(path);
  if (present !== undefined) return present;
  const made = make();
  await write(path, made);
  return made;
};

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return undefined;
    throw new KeyFileError(path, fault);
  }
};

const write = async (path: string, text: string): Promise<void> => {
  const file = await open(`${path}.new`, 'w', 0o600);
  await file.writeFile(text);
  await file.sync();
  await file.close();
  await rename(`${path}.new`, path);
  const directory = await open(dirname(path));
  await directory.sync();
  await directory.close();
};
