// Where a secret could lie about: files written since the boot, containers, processes, the kernel's log, metrics.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mesh } from '../../lab/mesh.ts';
import { runInLab } from '../../lab/host.ts';
import { labRoot } from '../../lab/places.ts';
import { controllerAddress, underlayOf } from '../../lab/topology.ts';
import type { Hay } from './search.ts';

/** Layers of images, hard links to one copy: nobody writes to them; and namespaces, which look like files. */
const skipped = (path: string): boolean =>
  [join(labRoot, 'docker-seed'), join(labRoot, 'ns'), '/run/netns'].includes(path) ||
  /^\/run\/lab\/hosts\/[^/]+\/lib\/docker\/(overlay2|image)$/.test(path);

const filesBelow = (path: string): readonly string[] => {
  if (skipped(path)) return [];
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry?.isFile() === true) return [path];
  if (entry?.isDirectory() !== true) return [];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
};

/** None for what is gone by now, and for a mounted namespace (EINVAL), which only looks like a file. */
const readHay = (path: string): readonly Hay[] => {
  try {
    return [{ place: path, bytes: readFileSync(path) }];
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && /ENOENT|ESRCH|EINVAL/.test(String(fault.code)))
      return [];
    throw fault;
  }
};

const filesIn = (places: readonly string[]): readonly Hay[] =>
  places.flatMap((place) => filesBelow(place)).flatMap(readHay);

const onOwnKernel = process.env['LAB_KERNEL'] === 'own';

/** In a guest all that was written to / lies in one place; on the machine's own kernel / is the machine's. */
const writtenSinceBoot = onOwnKernel ? '/tmp' : `${process.env['LAB_MACHINE'] ?? ''}/mnt/up`;

export const logHay = (): readonly Hay[] => filesIn([join(labRoot, 'logs')]);

export const fileHay = (): readonly Hay[] =>
  filesIn([writtenSinceBoot, '/dev/shm', '/run']).filter(
    ({ place }) => !place.startsWith(join(labRoot, 'logs')),
  );

/** What runs now: command lines and environments. */
export const processHay = (): readonly Hay[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
    .flatMap(readHay);

const said = async (place: string, argv: readonly string[]): Promise<Hay> => {
  const { stdout, stderr } = await runInLab(argv);
  return { place, bytes: Buffer.from(stdout + stderr) };
};

const containerScript = `
for container in $(docker ps -aq); do
  docker logs $container; docker inspect $container
  docker exec $container vtysh -c 'show running-config' </dev/null
  find "$(docker inspect -f '{{.GraphDriver.Data.UpperDir}}' $container)" -type f -exec cat {} +
done
`;

export const containerHay = async (mesh: Mesh): Promise<readonly Hay[]> => {
  const hay: Hay[] = [];
  for (const { name, docker } of mesh.nodes) {
    if (docker === false) continue;
    const { stdout, stderr } = await mesh.host(name).shell(containerScript);
    hay.push({ place: `containers of ${name}`, bytes: Buffer.from(stdout + stderr, 'latin1') });
  }
  return hay;
};

const metricsOf = async (url: string): Promise<Hay> => ({
  place: url,
  bytes: Buffer.from(
    await (await fetch(url, { signal: AbortSignal.timeout(20_000) })).arrayBuffer(),
  ),
});

export const metricsHay = async (mesh: Mesh): Promise<readonly Hay[]> => [
  await metricsOf(`http://[${controllerAddress}]:9180/metrics`),
  await metricsOf(`http://[${controllerAddress}]:9180/healthz`),
  ...(await Promise.all(
    mesh.nodes.map((node) => metricsOf(`http://[${underlayOf(node)}]:9181/metrics`)),
  )),
];

export const kernelHay = (): Promise<Hay> => said('dmesg', ['dmesg']);

const listings = [
  ['nodes', '-o', 'json'],
  ['status', '-o', 'json'],
  ['events', '-o', 'json'],
  ['pending', '-o', 'json'],
  ['token', 'list', '-o', 'json'],
  ['admin', 'list', '-o', 'json'],
  ['authorisations', '-o', 'json'],
] as const;

export const operatorHay = async (mesh: Mesh): Promise<readonly Hay[]> => {
  const hay: Hay[] = [];
  for (const words of listings) {
    const { stdout, stderr } = await mesh.callController(words);
    hay.push({ place: `meshoverctl ${words.join(' ')}`, bytes: Buffer.from(stdout + stderr) });
  }
  return hay;
};
