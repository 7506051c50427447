// Peers that an operator told this node to forget: noted on disk, for the agent that starts next.
import { join } from 'node:path';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Files } from '../host/ports.ts';

const directory = (stateDir: string): string => join(stateDir, 'forgotten');

export const noteForgotten = (files: Files, stateDir: string, name: Hostname): Promise<void> =>
  files.write(join(directory(stateDir), name), '', 0o600);

export const readForgotten = async (files: Files, stateDir: string): Promise<readonly Hostname[]> =>
  (await files.list(directory(stateDir))) as readonly Hostname[];

/** They were told anew and are remembered as they are now. */
export const dropForgotten = async (
  files: Files,
  stateDir: string,
  names: readonly Hostname[],
): Promise<void> => {
  for (const name of names) await files.remove(join(directory(stateDir), name));
};
