// How a command of the fake host ends.
import type { CommandResult } from '../../client/host/ports.ts';

export const done = (stdout = ''): CommandResult => ({ code: 0, stdout, stderr: '' });

export const failed = (stderr: string): CommandResult => ({ code: 1, stdout: '', stderr });
