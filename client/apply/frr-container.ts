// FRR's container: made, replaced, started again; always ended by SIGKILL of all its processes at once.
import type { Frr } from '../desired/desired.ts';
import {
  frrCapabilities,
  frrConfigDirectory,
  frrContainerName,
  frrFile,
  frrRunDirectory,
  frrSpecLabel,
  frrSpecOf,
  frrStopSignal,
} from '../desired/frr-container.ts';
import type { FrrHost, SocketHolder } from '../host/ports.ts';
import { FrrError, startedFile, waitForFrr } from './frr-ready.ts';

/** watchfrr mends a daemon that died; only when it cannot is everything killed together. */
const mendingMs = 20_000;

export const applyContainer = async (host: FrrHost, frr: Frr): Promise<void> => {
  await mustHaveBgpPort(host);
  const { containers, images } = host;
  const spec = frrSpecOf(frr);
  const [found, imageId] = await Promise.all([
    containers.find(frrContainerName),
    images.find(frr.image),
  ]);
  const keep =
    found !== undefined &&
    (spec === undefined ||
      (found.labels[frrSpecLabel] === spec &&
        (imageId === undefined || imageId === found.imageId)));
  if (keep) {
    if (found.running && (await isMended(host))) return;
    await host.files.remove(startedFile(host.stateDir));
    await containers.restartByKill(frrContainerName);
  } else {
    if (imageId === undefined) await images.pull(frr.image);
    await replace(host, frr, spec ?? '');
  }
  await waitForFrr(host);
};

const bgpPort = 179;

/** Without it bgpd ends at once, and watchfrr starts it again for ever. */
const mustHaveBgpPort = async ({ sockets }: FrrHost): Promise<void> => {
  const others = (await sockets.listeners(bgpPort)).filter((holder) => !isOurFrr(holder));
  if (others.length === 0) return;
  const names = others.map(({ pid, program }) =>
    pid === undefined ? 'a program that cannot be seen from here' : `${program} (pid ${pid})`,
  );
  throw new FrrError(
    'port-taken',
    `TCP port ${bgpPort} (BGP) is held by ${names.join(' and ')}, so FRR is not started: stop that program for ` +
      'good (systemctl disable --now …), and FRR starts by itself; or run without FRR: -frr none',
  );
};

/** Its processes see the run directory that we gave them. */
const isOurFrr = ({ mounts }: SocketHolder): boolean =>
  mounts.get('/run/frr')?.endsWith(frrRunDirectory('')) === true;

const isMended = async (host: FrrHost): Promise<boolean> => {
  try {
    await waitForFrr(host, mendingMs);
    return true;
  } catch (error) {
    if (error instanceof FrrError) return false;
    throw error;
  }
};

/** zebra reads it when there is no good file yet; without it the start scripts leave files of their own. */
const emptyConfiguration = 'frr defaults datacenter\nservice integrated-vtysh-config\n';

const replace = async (host: FrrHost, frr: Frr, spec: string): Promise<void> => {
  const { files, containers, stateDir } = host;
  const directory = frrConfigDirectory(stateDir);
  for (const name of ['daemons', 'vtysh.conf']) {
    await files.write(`${directory}/${name}`, frrFile(frr, name) ?? '', 0o640);
  }
  if ((await files.read(`${directory}/frr.conf`)) === undefined) {
    await files.write(`${directory}/frr.conf`, emptyConfiguration, 0o640);
  }
  // The engine binds only directories that exist.
  await files.write(`${frrRunDirectory(stateDir)}/.meshover`, '', 0o600);
  await containers.remove(frrContainerName);
  await files.remove(startedFile(stateDir));
  await containers.run({
    name: frrContainerName,
    image: frr.image,
    labels: { [frrSpecLabel]: spec },
    capabilities: frrCapabilities,
    mounts: { [directory]: '/etc/frr', [frrRunDirectory(stateDir)]: '/run/frr' },
    stopSignal: frrStopSignal,
  });
};
