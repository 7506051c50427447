// The administrator's token, from a file that nobody else reads.
import { readFileSync, statSync } from 'node:fs';
import { Secret } from '../../shared/log/secret.ts';
import { CtlError } from '../ctl-error.ts';
import { reasonOf } from './file-fault.ts';

const everybodyReads = 0o004;

export const readAdminToken = (path: string): Secret => {
  const token = readNeeded(path).trim();
  if ((statSync(path).mode & everybodyReads) !== 0) {
    throw new CtlError(`-token-file ${path} can be read by everybody: chmod 600 ${path}`);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new CtlError(`-token-file ${path} holds no token: it is one line of letters and digits`);
  }
  return new Secret(token);
};

const readNeeded = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (fault) {
    throw new CtlError(
      `-token-file: ${reasonOf(fault)}; run it as root on the controller's machine, or name the file of your administrator's token`,
      fault,
    );
  }
};
