// The hostile node's hands: a joined machine whose agent is stopped and whose FRR is told by hand.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkName } from '../../../client/desired/names.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { Mesh } from '../../lab/mesh.ts';
import { askFrr } from '../../lab/vtysh.ts';
import { waitFor } from '../../lab/wait-for.ts';

export const hostile = 'delta';
export const honest = ['alpha', 'bravo', 'charlie'] as const;

export const linkTo = (name: string): string => linkName(name as Hostname);

/** Read by vtysh as an operator's own lines; the directory is the container's /etc/frr. */
export const tell = async (mesh: Mesh, configuration: string): Promise<void> => {
  const host = mesh.host(hostile);
  const directory = join(host.libDirectory, 'meshover', 'frr');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'by-hand.conf'), configuration);
  await host.must(['docker', 'exec', 'meshover-frr', 'vtysh', '-f', '/etc/frr/by-hand.conf'], {
    timeoutMs: 60_000,
  });
};

const routesOf = (answer: Readonly<Record<string, unknown>>, key: string): readonly string[] =>
  Object.keys(answer[key] ?? {});

/** What it sends to a peer, both families. */
export const sentTo = async (mesh: Mesh, peer: string): Promise<readonly string[]> => {
  const answers = await askFrr(
    mesh,
    hostile,
    [4, 6].map(
      (family) => `show bgp ipv${family} unicast neighbors ${linkTo(peer)} advertised-routes json`,
    ),
  );
  return answers.flatMap((answer) => routesOf(answer, 'advertisedRoutes'));
};

interface Heard {
  readonly prefixes: readonly string[];
  readonly metrics: ReadonlySet<number>;
}

interface HeardPath {
  readonly metric?: number;
}

/** What a peer's BGP took from it, after the peer's filters. */
export const heardBy = async (mesh: Mesh, peer: string): Promise<Heard> => {
  const answers = await askFrr(
    mesh,
    peer,
    [4, 6].map(
      (family) => `show bgp ipv${family} unicast neighbors ${linkTo(hostile)} routes json`,
    ),
  );
  const routes = answers.flatMap((answer) =>
    Object.entries((answer['routes'] ?? {}) as Readonly<Record<string, readonly HeardPath[]>>),
  );
  return {
    prefixes: routes.map(([prefix]) => prefix).sort(),
    metrics: new Set(routes.flatMap(([, paths]) => paths.map(({ metric }) => metric ?? 0))),
  };
};

/** Waits until a peer has heard all that was said before the fence; gives what it took. */
export const heardBeyond = (mesh: Mesh, peer: string, metric: number): Promise<readonly string[]> =>
  waitFor(
    { what: `${peer} to hear ${hostile} out`, deadlineMs: 60_000, everyMs: 1000 },
    async () => {
      const { prefixes, metrics } = await heardBy(mesh, peer);
      const heard = metrics.size === 1 && metrics.has(metric);
      return heard ? prefixes : `metrics ${[...metrics].join(' ')} of ${prefixes.join(' ')}`;
    },
  );

interface Neighbour {
  readonly bgpState?: string;
  readonly lastNotificationReason?: string;
  readonly lastResetDueTo?: string;
}

/** How the session between two nodes stands, in the words of one of them. */
export const sessionWith = async (mesh: Mesh, name: string, peer: string): Promise<Neighbour> => {
  const [answer] = await askFrr(mesh, name, [`show bgp neighbors ${linkTo(peer)} json`]);
  return answer?.[linkTo(peer)] ?? {};
};
