// A file that a flag names and that must be there.
import { readFileSync } from 'node:fs';
import { CtlError } from './ctl-error.ts';

export const readNeeded = (path: string, flag: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    throw new CtlError(
      `${flag}: ${reason}; run it as root on the controller's machine, or name a copy of the file`,
      fault,
    );
  }
};
