// Both FRR images in a data-root of Docker, made once and copied for each daemon.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export const frrVersions = ['8.4.4', '10.3'] as const;
export type FrrVersion = (typeof frrVersions)[number];

export const imageOf = (version: FrrVersion): string => `meshover/frr-debian:${version}`;

const cache = '.cache/frr-test';
export const seedDirectory = `${cache}/seed`;

/** The images come from the cache of packaging/frr-image.sh when its script has not changed. */
export const setup = (): void => {
  const run = (program: string, ...argv: string[]): void => {
    execFileSync(program, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  run('mkdir', '-p', cache);
  run('packaging/frr-image.sh', 'bookworm', `${cache}/8.4.4.tar`);
  run('packaging/frr-image.sh', 'trixie', `${cache}/10.3.tar`);
  run('packaging/docker-seed.sh', `${cache}/8.4.4.tar`, `${cache}/10.3.tar`, seedDirectory);
  if (!existsSync(seedDirectory)) throw new Error(`${seedDirectory} was not made`);
};
