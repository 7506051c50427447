// Where the real executables are.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './kernel.ts';

const dist = join(projectRoot, 'dist');

export const program = (name: 'server' | 'client' | 'meshoverctl'): string => {
  const path = join(dist, name);
  if (!existsSync(path)) throw new Error(`${path} is missing: run make`);
  return path;
};
