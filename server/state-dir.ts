// The directory of the register and the keys: made at the first start, for its owner only.
import { constants } from 'node:fs';
import { access, chmod, mkdir } from 'node:fs/promises';
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
