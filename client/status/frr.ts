// FRR's own words about its sessions → the state of each link.
import type { Vty } from '../host/ports.ts';

export interface FrrSession {
  readonly interface: string;
  /** "Established", "Idle", …: the state of the family that is further behind. */
  readonly bgpState: string;
  readonly bgpUptimeSeconds: number;
  /** Accepted prefixes of both families. */
  readonly prefixes: number;
  /** "up", "down", "init"; empty = no BFD session. */
  readonly bfdState: string;
}

/** Sorted by interface; none while FRR does not answer. */
export const readFrrSessions = async (vty: Vty): Promise<readonly FrrSession[]> => {
  const [bgp, bfd] = await Promise.all([
    vty.ask('bgpd', ['enable', 'show bgp summary json']),
    vty.ask('bfdd', ['enable', 'show bfd peers json']),
  ]);
  return sessionsFrom({ bgp: bgp?.[1]?.text ?? '{}', bfd: bfd?.[1]?.text ?? '[]' });
};

/** Texts of `show bgp summary json` and `show bfd peers json`; rejects what is not JSON. */
export const sessionsFrom = (texts: {
  readonly bgp: string;
  readonly bfd: string;
}): readonly FrrSession[] => {
  const families = Object.values(record(JSON.parse(texts.bgp))).map(
    (family) => record(family)['peers'],
  );
  const bfd = new Map(
    list(JSON.parse(texts.bfd)).map((peer) => [text(peer['interface']), text(peer['status'])]),
  );
  const sessions = new Map<string, FrrSession>();
  for (const [name, peer] of families.flatMap((peers) => Object.entries(record(peers)))) {
    const session = sessionFrom(name, record(peer), bfd.get(name) ?? '');
    sessions.set(name, together(sessions.get(name), session));
  }
  return [...sessions.values()].sort((a, b) => (a.interface < b.interface ? -1 : 1));
};

const sessionFrom = (
  name: string,
  peer: Readonly<Record<string, unknown>>,
  bfdState: string,
): FrrSession => {
  const bgpState = text(peer['state']);
  const isUp = bgpState === 'Established';
  return {
    interface: name,
    bgpState,
    // While it is down the same field counts the time since then.
    bgpUptimeSeconds: isUp ? Math.floor(number(peer['peerUptimeMsec']) / 1000) : 0,
    prefixes: number(peer['pfxRcd']),
    bfdState,
  };
};

const together = (one: FrrSession | undefined, other: FrrSession): FrrSession => {
  if (one === undefined) return other;
  const state = one.bgpState === 'Established' ? other : one;
  return { ...state, prefixes: one.prefixes + other.prefixes };
};

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

const list = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map(record) : [];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
