// A mesh with every kind of secret in play; afterwards each place where one could lie about is searched for each.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Claims } from '../../lab/claims.ts';
import { runInLab, scriptInLab } from '../../lab/host.ts';
import { type Mesh, sessionsUp } from '../../lab/mesh.ts';
import { joined, operate, waitingNode } from '../../lab/operator.ts';
import type { Scenario } from '../../lab/scenario.ts';
import { type Canary, plantCanaries } from './canaries.ts';
import {
  containerHay,
  fileHay,
  kernelHay,
  logHay,
  metricsHay,
  operatorHay,
  processHay,
} from './hay.ts';
import {
  controllerState,
  keptSecrets,
  nodeState,
  privateKeyIn,
  textSecret,
  tokenSecret,
} from './kept-secrets.ts';
import { needlesFor, type Secret } from './needles.ts';
import { nobody, type Onlooker, startOnlooker } from './onlooker.ts';
import { type Found, type Hay, looksSecret, searcherFor } from './search.ts';
import { secretNodes } from './topology.ts';

interface InPlay {
  readonly secrets: readonly Secret[];
  readonly argumentToken: string;
  readonly fileToken: string;
  readonly onlooker: Onlooker;
}

const played = new Map<Mesh, InPlay>();

const inPlay = (mesh: Mesh): InPlay => {
  const found = played.get(mesh);
  if (found === undefined) throw new Error('the story before did not reach its end');
  return found;
};

/** An operator's own file, as seen in the host and from outside it. */
const secretFile = (directory: string, name: string, text: string): string => {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${text}\n`, { mode: 0o600 });
  return path;
};

const makesMesh = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const onlooker = startOnlooker();
  await mesh.startController();
  const lib = mesh.controller.libDirectory;
  const eve = (await operate(mesh, ['admin', 'create', 'eve', '-role', 'operator'])).trim();
  const eveFile = secretFile(join(lib, 'operators'), 'eve.token', eve);
  const asEve = ['-token-file', '/var/lib/operators/eve.token'];
  const former = (await operate(mesh, ['admin', 'create', 'former', '-role', 'viewer'])).trim();
  await operate(mesh, ['admin', 'revoke', 'former']);
  await operate(mesh, ['operatorkey', 'create', '/var/lib/operators/operator.key']);
  const token = async (...flags: readonly string[]): Promise<string> =>
    (await operate(mesh, ['token', 'create', ...flags])).trim();
  const argumentToken = await token(...asEve);
  const fileToken = await token('-hostname', 'bravo');
  const unused = await token('-expires', '2h');

  const bravoFile = secretFile(
    join(mesh.host('bravo').libDirectory, 'joining'),
    'token',
    fileToken,
  );
  mesh.startAgent('alpha', ['-token', argumentToken]);
  mesh.startAgent('bravo', ['-tokenfile', '/var/lib/joining/token']);
  mesh.startAgent('charlie');
  const { fingerprint } = await waitingNode(mesh, 'charlie');
  await operate(mesh, ['approve', 'charlie', '-fingerprint', fingerprint, ...asEve]);
  for (const { name } of mesh.nodes) await joined(mesh, name);
  const seconds = await sessionsUp(mesh, ['alpha', 'bravo']);
  claim(
    'joined by -token, by -tokenfile and by approval; sessions',
    `${seconds.toFixed(1)} s`,
    true,
  );
  played.set(mesh, {
    argumentToken,
    fileToken,
    onlooker,
    secrets: [
      ...keptSecrets(mesh),
      privateKeyIn("the operator's key", join(lib, 'operators', 'operator.key')),
      textSecret("an operator's token", eve, [eveFile]),
      textSecret("a revoked administrator's token", former),
      tokenSecret('the join token of -token', argumentToken),
      tokenSecret('the join token of -tokenfile', fileToken, [bravoFile]),
      tokenSecret('a join token that nobody used', unused),
    ],
  });
};

/** The first arguments of a program are seen by all until it blanks them; a file's content never is. */
const processList = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const { argumentToken, fileToken, onlooker } = inPlay(mesh);
  await onlooker.stop();
  const looks = onlooker.looks();
  const seeing = (token: string): readonly number[] =>
    looks.filter(({ seen }) => seen.includes(token)).map(({ atMs }) => atMs);
  const [argument, file] = [seeing(argumentToken), seeing(fileToken)];
  claim(
    `-tokenfile: looks by another user that saw the token`,
    `${file.length} of ${looks.length}`,
    file.length === 0 && looks.length > 0,
  );
  const shown = (argument.at(-1) ?? 0) - (argument[0] ?? 0);
  const gone = argument.length === 0 || (looks.at(-1)?.atMs ?? 0) > (argument.at(-1) ?? 0);
  claim(
    '-token: the token stands in the list of processes until the agent blanks it',
    `${(shown / 1000).toFixed(1)} s`,
    gone && shown < 10_000,
  );
  const environments = await runInLab([
    ...nobody,
    'bash',
    '-c',
    'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"',
  ]);
  const foreign = environments.stdout.split('\n').filter((line) => line.startsWith('MESHOVER_'));
  claim('environments of ours that another user can read', foreign.length, foreign.length === 0);
};

const modes = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const states = [controllerState(mesh), ...mesh.nodes.map(({ name }) => nodeState(mesh, name))];
  for (const state of states) {
    const listing = await scriptInLab(`find ${state} -printf '%y %m %P\\n'\n`);
    const entries = listing
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const open = entries.filter(
      ([kind = '', mode = '', path = '']) =>
        (kind === 'd' || kind === 'f') &&
        // FRR runs as a user of its own; the directory around these is 0700.
        !/^frr(-run)?(\/|$)/.test(path) &&
        mode !== (kind === 'd' ? '700' : '600'),
    );
    const words = open.map((entry) => entry.join(' ')).join(', ');
    const name = state.replace(/^.*hosts\/([^/]+)\/lib/, '$1:/var/lib');
    claim(
      `${name}: files of 0600 and directories of 0700`,
      words || entries.length,
      open.length === 0,
    );
  }
};

const kibibytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;

const collect = async (
  mesh: Mesh,
  onlooker: Onlooker,
): Promise<Readonly<Record<string, readonly Hay[]>>> => ({
  'logs of controller, agents and Docker': logHay().filter(({ place }) => place !== onlooker.log),
  'every file written since the boot': fileHay(),
  "FRR's containers: logs, configuration, files": await containerHay(mesh),
  'processes: command lines, environments': processHay(),
  'metrics of controller and agents': await metricsHay(mesh),
  'what meshoverctl lists': await operatorHay(mesh),
  "the kernel's log": [await kernelHay()],
});

const searches = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const { secrets, onlooker } = inPlay(mesh);
  const canaries: readonly Canary[] = await plantCanaries();
  const all = [...secrets, ...canaries.map(({ secret }) => secret)];
  const search = searcherFor(all.flatMap(needlesFor));
  const homes = new Set(secrets.flatMap((secret) => secret.homes));
  const found: Found[] = [];
  for (const [what, hay] of Object.entries(await collect(mesh, onlooker))) {
    const hits = hay.flatMap((each) => [...search(each), ...looksSecret(each)]);
    found.push(...hits);
    const stray = hits.filter(
      ({ secret, place }) => !secret.startsWith('canary') && !homes.has(place),
    );
    const bytes = hay.reduce((sum, each) => sum + each.bytes.length, 0);
    const figure = `${hay.length} places, ${kibibytes(bytes)}`;
    const strays = stray.map(({ secret, place }) => `${secret} in ${place}`).join(', ');
    claim(`no secret in ${what}`, strays || figure, stray.length === 0 && bytes > 0);
  }
  for (const canary of canaries) await canary.stop();
  for (const { name, homes: own } of secrets) {
    const places = [
      ...new Set(found.filter(({ secret }) => secret === name).map(({ place }) => place)),
    ];
    const strange = places.filter((place) => !own.includes(place));
    claim(
      `${name} lies nowhere but at home`,
      places.join(' ') || 'nowhere',
      strange.length === 0 && own.every((home) => places.includes(home)),
    );
  }
  for (const { secret } of canaries)
    claim(
      `${secret.name} is found`,
      found.find((each) => each.secret === secret.name)?.place ?? 'nowhere',
      found.some((each) => each.secret === secret.name),
    );
};

export const scenario: Scenario = {
  title: 'no secret lies about',
  topology: secretNodes,
  stories: [
    { name: 'a mesh with every kind of secret', tell: makesMesh },
    { name: 'what other users see of processes', tell: processList },
    { name: 'who may read state', tell: modes },
    { name: 'the search', tell: searches },
  ],
};
