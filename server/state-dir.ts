// The directory of the register and the keys: made at the first start, for its owner only.
import { constants, existsSync } from 'node:fs';
import { access, chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keyFileNames } from './auth/key-files.ts';
import { malformed, parsed, type Parsed } from '../shared/outcome/parsed.ts';

export const prepareStateDir = async (path: string): Promise<Parsed<undefined>> => {
  try {
    const made = await mkdir(path, { recursive: true, mode: 0o700 });
    if (made !== undefined) await chmod(path, 0o700);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return parsed(undefined);
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    return malformed(
      `-statedir ${path} cannot be written (${reason}); run as root, or choose a directory of your own with -statedir`,
    );
  }
};

// An empty register in place of a lost one would give every node's name and addresses to whoever
// comes first.
export const registerFileIn = (stateDir: string, anew: boolean): Parsed<string> => {
  const path = join(stateDir, 'register.db');
  const isThere = existsSync(path);
  if (anew && isThere) {
    return malformed(
      `-newregister: there is a register at ${path}; start without -newregister to use it, or move it away first`,
    );
  }
  const key = Object.values(keyFileNames).find((name) => existsSync(join(stateDir, name)));
  return isThere || anew || key === undefined
    ? parsed(path)
    : malformed(
        `${path} is missing although ${key} beside it shows that there was one: restore it from a backup, ` +
          'or begin with an empty register by -newregister (every node must then join anew)',
      );
};
