// The register's key of a controller on this very machine, where this user may read it.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registerKeyOf } from '../../shared/trust/signed.ts';
import { CtlError } from '../ctl-error.ts';
import { reasonOf } from './file-fault.ts';
import type { KeptKey } from './judge-controller.ts';

export const localKey = (stateDir: string): KeptKey | undefined => {
  const path = join(stateDir, 'register.key');
  const pem = readIfAllowed(path);
  if (pem === undefined) return undefined;
  try {
    return { key: registerKeyOf(createPrivateKey(pem)), path };
  } catch (fault) {
    throw new CtlError(
      `${path} cannot be used (${reasonOf(fault)}): restore it from a backup, or name another directory with -statedir`,
      fault,
    );
  }
};

/** A machine without a controller, or a user without the right: then the pin comes from elsewhere. */
const readIfAllowed = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path);
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return undefined;
    throw new CtlError(`${path}: ${reasonOf(fault)}`, fault);
  }
};
