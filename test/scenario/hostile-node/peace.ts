// What the honest nodes have and must keep: routes in the kernel, sessions with each other, traffic.
import type { Claims } from '../../lab/claims.ts';
import type { NodeAddresses } from '../../lab/addresses.ts';
import type { Mesh } from '../../lab/mesh.ts';
import { type PingStream, startPings } from '../../lab/ping-stream.ts';
import { type RouteChange, type RouteWatch, watchRoutes } from '../../lab/route-watch.ts';
import { sessionsOf } from '../../lab/vtysh.ts';
import { honest, hostile, linkTo } from './hostile.ts';

/** All tables, both families, without what is the hostile node's own to announce. */
const kernelRoutes = async (mesh: Mesh, name: string, own: NodeAddresses): Promise<string> => {
  const shown = await mesh
    .host(name)
    .shell('ip -o route show table all; ip -o -6 route show table all\n');
  return shown.stdout
    .split('\n')
    .filter((line) => line !== '' && ![own.v4, own.v6].includes(line.split(' ')[0] ?? ''))
    .map((line) => line.replace(/ nhid \d+/, '').trim())
    .sort()
    .join('\n');
};

const honestSessions = async (mesh: Mesh, name: string): Promise<string> =>
  [...(await sessionsOf(mesh, name))]
    .filter(([link]) => link !== linkTo(hostile))
    .map(([link, session]) => `${link} ${JSON.stringify(session)}`)
    .sort()
    .join('\n');

interface Seen {
  readonly routes: string;
  readonly sessions: string;
}

const look = async (mesh: Mesh, own: NodeAddresses): Promise<ReadonlyMap<string, Seen>> => {
  const seen = new Map<string, Seen>();
  for (const name of honest)
    seen.set(name, {
      routes: await kernelRoutes(mesh, name, own),
      sessions: await honestSessions(mesh, name),
    });
  return seen;
};

const startStreams = (mesh: Mesh, alpha: NodeAddresses): readonly PingStream[] => [
  startPings(mesh, 'lan-alpha', '10.30.0.2'),
  startPings(mesh, 'lan-bravo', '2001:db8:20::2'),
  startPings(mesh, 'charlie', alpha.v4),
  startPings(mesh, 'bravo', alpha.v6),
];

export interface Peace {
  /** States that nothing of this has changed since the watch began. */
  readonly holds: (claims: Claims, during: string) => Promise<void>;
  readonly changes: (name: string) => readonly RouteChange[];
  readonly end: () => Promise<void>;
}

export const watchPeace = async (
  mesh: Mesh,
  own: NodeAddresses,
  alpha: NodeAddresses,
): Promise<Peace> => {
  const before = await look(mesh, own);
  const watches = new Map<string, RouteWatch>();
  for (const name of honest) watches.set(name, await watchRoutes(mesh, name));
  const streams = startStreams(mesh, alpha);
  const changes = (name: string): readonly RouteChange[] =>
    (watches.get(name)?.changes() ?? []).filter(
      ({ destination }) => destination !== own.v4 && destination !== own.v6,
    );
  return {
    changes,
    holds: async ({ claim }, during) => {
      const now = await look(mesh, own);
      for (const [name, { routes, sessions }] of before) {
        const count = routes.split('\n').length;
        const seen = now.get(name);
        claim(`${during}: ${name}'s routes, as before`, count, seen?.routes === routes);
        const moments = changes(name).map(({ line }) => line);
        claim(
          `${during}: routes that came to ${name} for a moment`,
          moments.join(' | ') || 'none',
          moments.length === 0,
        );
        const same = seen?.sessions === sessions;
        claim(
          `${during}: ${name}'s sessions with the honest`,
          same ? 'same uptime' : (seen?.sessions ?? ''),
          same,
        );
      }
      for (const stream of streams) {
        const { lost, sent } = await stream.lost();
        claim(`${during}: pings lost, ${stream.what}`, `${lost} of ${sent}`, lost === 0);
      }
    },
    end: async () => {
      for (const stream of streams) await stream.stop();
      for (const watch of watches.values()) await watch.stop();
    },
  };
};
