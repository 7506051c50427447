// Secrets of nobody, left in every kind of place and form: the search must find each, or it proves nothing.
import { randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostNamed, type Running, startInLab } from '../../lab/host.ts';
import { labRoot } from '../../lab/places.ts';
import type { Secret } from './needles.ts';

export interface Canary {
  readonly secret: Secret;
  readonly stop: () => Promise<void>;
}

type Plant = (bytes: Buffer) => Promise<Running | undefined>;

const inEnvironment: Plant = (bytes) =>
  Promise.resolve(
    startInLab('canary', ['env', `WORD=${bytes.toString('base64url')}`, 'sleep', '600']),
  );

const inArguments: Plant = (bytes) =>
  Promise.resolve(startInLab('canary', ['bash', '-c', 'sleep 600; true', bytes.toString('hex')]));

const inLog: Plant = (bytes) => {
  appendFileSync(
    join(labRoot, 'logs', 'canary.log'),
    `{"level":"debug","text":"${bytes.toString('base64')}"}\n`,
  );
  return Promise.resolve(undefined);
};

/** As DER inside PEM does, at an alignment that is not its own. */
const inTemporaryFile: Plant = (bytes) => {
  const der = Buffer.concat([randomBytes(16), bytes]).toString('base64');
  writeFileSync('/tmp/canary.pem', `${der.slice(0, 40)}\n${der.slice(40)}\n`);
  return Promise.resolve(undefined);
};

const inStateFile: Plant = (bytes) => {
  writeFileSync(join(hostNamed('alpha').libDirectory, 'meshover', 'canary'), bytes);
  return Promise.resolve(undefined);
};

const inContainer: Plant = async (bytes) => {
  const write = `echo ${bytes.toString('hex').toUpperCase()} > /var/tmp/canary`;
  await hostNamed('alpha').must(['docker', 'exec', 'meshover-frr', 'sh', '-c', write]);
  return undefined;
};

const plants: Readonly<Record<string, Plant>> = {
  'an environment': inEnvironment,
  'a command line': inArguments,
  'a log': inLog,
  'a file in /tmp': inTemporaryFile,
  'a state file': inStateFile,
  'a container': inContainer,
};

export const plantCanaries = async (): Promise<readonly Canary[]> => {
  const canaries: Canary[] = [];
  for (const [place, plant] of Object.entries(plants)) {
    const bytes = randomBytes(32);
    const running = await plant(bytes);
    canaries.push({
      secret: { name: `canary in ${place}`, bytes, homes: [] },
      stop: async () => {
        await running?.stop();
      },
    });
  }
  return canaries;
};
