// What the honest nodes have and must keep: routes in the kernel, sessions with each other, traffic.
import type { Claims } from '../../lab/claims.ts';
import type { NodeAddresses } from '../../lab/addresses.ts';
import type { Mesh } from '../../lab/mesh.ts';
import { type PingStream, startPings } from '../../lab/ping-loss.ts';
import { followRoutes, type RouteChange, type RouteEvents } from '../../lab/route-events.ts';
import { type Session, sessionsOf } from '../../lab/vtysh.ts';
import { honest, hostile, linkTo } from './hostile.ts';

/** What may come and go: the hostile node's own addresses, and what an operator may grant meanwhile. */
type Allowed = ReadonlySet<string>;

/** All tables, both families. */
const kernelRoutes = async (mesh: Mesh, name: string, allowed: Allowed): Promise<string> => {
  const shown = await mesh
    .host(name)
    .shell('ip -o route show table all; ip -o -6 route show table all\n');
  return shown.stdout
    .split('\n')
    .filter((line) => line !== '' && !allowed.has(line.split(' ')[0] ?? ''))
    .map((line) => line.replace(/ nhid \d+/, '').trim())
    .sort()
    .join('\n');
};

const honestSessions = async (mesh: Mesh, name: string): Promise<ReadonlyMap<string, Session>> =>
  new Map([...(await sessionsOf(mesh, name))].filter(([link]) => link !== linkTo(hostile)));

/** bgpd derives the moment from an age in whole seconds. */
const roundingSeconds = 2;

const isSame = (before: Session, now: Session | undefined): boolean =>
  now !== undefined &&
  now.established &&
  now.asn === before.asn &&
  now.dropped === before.dropped &&
  now.sinceSeconds <= before.sinceSeconds + roundingSeconds;

interface Seen {
  readonly routes: string;
  readonly sessions: ReadonlyMap<string, Session>;
}

const look = async (mesh: Mesh, allowed: Allowed): Promise<ReadonlyMap<string, Seen>> => {
  const seen = new Map<string, Seen>();
  for (const name of honest)
    seen.set(name, {
      routes: await kernelRoutes(mesh, name, allowed),
      sessions: await honestSessions(mesh, name),
    });
  return seen;
};

const startStreams = ({ mesh, node }: Watched): readonly PingStream[] => {
  const [alpha, bravo, charlie] = [node('alpha'), node('bravo'), node('charlie')];
  return [
    { from: 'lan-alpha', to: '10.30.0.2' },
    { from: 'lan-bravo', to: '2001:db8:20::2' },
    { from: 'charlie', source: charlie.v4, to: alpha.v4 },
    { from: 'bravo', source: bravo.v6, to: alpha.v6 },
  ].map((ping) => startPings(mesh, ping));
};

export interface Peace {
  /** States that no route came or went, no session was reset and no ping was lost since the watch began. */
  readonly holds: (claims: Claims, during: string) => Promise<void>;
  readonly pingsHold: (claims: Claims, during: string) => Promise<void>;
  readonly routesHold: (claims: Claims, during: string) => Promise<void>;
  readonly changes: (name: string) => readonly RouteChange[];
  readonly end: () => Promise<void>;
}

export interface Watched {
  readonly mesh: Mesh;
  readonly allowed: Allowed;
  readonly node: (name: string) => NodeAddresses;
}

/** The watch itself, before anything is claimed. */
interface Watching extends Watched {
  readonly before: ReadonlyMap<string, Seen>;
  readonly watches: ReadonlyMap<string, RouteEvents>;
  readonly streams: readonly PingStream[];
}

const claimRoutes = async (
  watching: Watching,
  { claim }: Claims,
  during: string,
): Promise<void> => {
  const { mesh, allowed, before } = watching;
  for (const [name, { routes }] of before) {
    const now = await kernelRoutes(mesh, name, allowed);
    claim(`${during}: ${name}'s routes, as before`, routes.split('\n').length, now === routes);
  }
};

const claimMoments = ({ watches, allowed }: Watching, { claim }: Claims, during: string): void => {
  for (const [name, watch] of watches) {
    const lines = watch
      .changes()
      .filter(({ destination }) => !allowed.has(destination))
      .map(({ line }) => line)
      .join(' | ');
    claim(
      `${during}: routes that came to ${name} or left it, for a moment`,
      lines || 'none',
      lines === '',
    );
  }
};

const claimSessions = async (
  watching: Watching,
  { claim }: Claims,
  during: string,
): Promise<void> => {
  for (const [name, { sessions }] of watching.before) {
    const now = await honestSessions(watching.mesh, name);
    const same = [...sessions].every(([link, before]) => isSame(before, now.get(link)));
    claim(
      `${during}: ${name}'s sessions with honest nodes, never reset`,
      same ? sessions.size : JSON.stringify([...now]),
      same,
    );
  }
};

const claimPings = async (
  { streams }: Watching,
  { claim }: Claims,
  during: string,
): Promise<void> => {
  for (const stream of streams) {
    const { lost, sent } = await stream.lost();
    claim(`${during}: pings lost, ${stream.what}`, `${lost} of ${sent}`, lost === 0);
  }
};

export const watchPeace = async (watched: Watched): Promise<Peace> => {
  const { mesh, allowed } = watched;
  const before = await look(mesh, allowed);
  const watches = new Map<string, RouteEvents>();
  for (const name of honest) watches.set(name, await followRoutes(mesh.host(name)));
  const watching: Watching = { ...watched, before, watches, streams: startStreams(watched) };
  return {
    changes: (name) => watches.get(name)?.changes() ?? [],
    holds: async (claims, during) => {
      await claimRoutes(watching, claims, during);
      claimMoments(watching, claims, during);
      await claimSessions(watching, claims, during);
      await claimPings(watching, claims, during);
    },
    routesHold: (claims, during) => claimRoutes(watching, claims, during),
    pingsHold: (claims, during) => claimPings(watching, claims, during),
    end: async () => {
      for (const stream of watching.streams) await stream.stop();
      for (const watch of watches.values()) await watch.stop();
    },
  };
};
