// A Docker daemon for each host, started from one data-root that already holds the FRR images.
import { existsSync, mkdirSync } from 'node:fs';
import { answersAt } from './answers-at.ts';
import { join } from 'node:path';
import { type Host, type Running, scriptInLab } from './host.ts';
import { projectRoot } from './kernel.ts';
import { labRoot } from './places.ts';
import { waitFor } from './wait-for.ts';

export const frrImages = {
  '10.3': 'meshover/frr-debian:10.3',
  '8.4.4': 'meshover/frr-debian:8.4.4',
} as const;

const seed = join(labRoot, 'docker-seed');

/** Into memory once. Where the project lies on an overlay, on which Docker's cannot, setup made none: then it is made here. */
export const prepareDocker = async (): Promise<void> => {
  if (existsSync(seed)) return;
  const cache = join(projectRoot, '.cache');
  const made = join(cache, 'docker-seed');
  if (existsSync(made)) {
    await scriptInLab(`cp -aH ${made} ${seed}.part && mv ${seed}.part ${seed}`);
    return;
  }
  const images = ['bookworm', 'trixie'].map((suite) => join(cache, `frr-${suite}.tar`));
  const missing = images.find((image) => !existsSync(image));
  if (missing !== undefined) throw new Error(`${missing} is missing: run make setup`);
  await scriptInLab(`${projectRoot}/packaging/docker-seed.sh ${images.join(' ')} ${seed}`);
};

/** Nobody writes to a lower layer, so that the hosts share its files by hard links. */
const fillDataRoot = async (data: string): Promise<void> => {
  mkdirSync(data, { mode: 0o710 });
  await scriptInLab(
    [
      `cp -al ${seed}/overlay2 ${data}/overlay2`,
      `find ${seed} -mindepth 1 -maxdepth 1 ! -name overlay2 -exec cp -a -t ${data} {} +`,
    ].join('\n'),
  );
};

const options = (host: Host): readonly string[] => [
  ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--ip-forward=false'],
  ...['--userland-proxy=false', '--storage-driver=overlay2', '--log-level=error'],
  ...['--exec-opt=native.cgroupdriver=cgroupfs', `--cgroup-parent=/docker-${host.name}`],
];

export const startDocker = async (host: Host): Promise<Running> => {
  const data = join(host.libDirectory, 'docker');
  if (!existsSync(data)) await fillDataRoot(data);
  const daemon = host.start('dockerd', ['dockerd', ...options(host)]);
  await waitFor({ what: `dockerd of ${host.name}`, deadlineMs: 90_000, everyMs: 200 }, async () => {
    if (await answersAt({ path: join(host.runDirectory, 'docker.sock') })) return true;
    return daemon.isRunning() ? 'no answer' : `it ended: ${daemon.output().slice(-300)}`;
  });
  return daemon;
};
