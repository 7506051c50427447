// Who announces what it may not: what FRR heard from each peer and refused, a few peers at each look.
import { comparePrefix, parsePrefix } from '../../shared/address/prefix.ts';
import { mostViolations, type OriginViolation } from '../../shared/mesh/status.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Vty } from '../host/ports.ts';
import type { FrrSession } from './frr.ts';

export interface Refused {
  readonly refusedPrefixes: number;
  readonly violations: readonly OriginViolation[];
}

const nothing: Refused = { refusedPrefixes: 0, violations: [] };

/** Then it is tried again: somebody may have mended it. */
const shutMs = 600_000;

/** Each costs bgpd a walk through its table. */
const linksPerLook = 8;

export class OriginWatch {
  readonly #vty: Vty;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #shutUntil = new Map<string, number>();
  #known: ReadonlyMap<string, Refused> = new Map();
  #next = 0;

  constructor(vty: Vty, clock: Pick<Clock, 'now'>) {
    this.#vty = vty;
    this.#clock = clock;
  }

  /** Interfaces of peers whose refused prefixes would fill bgpd's memory, sorted. */
  flooding(): readonly string[] {
    const now = this.#clock.now();
    return [...this.#shutUntil].flatMap(([name, until]) => (until > now ? [name] : [])).sort();
  }

  /**
   * By interface. What was refused of a session that is down by now stays known until it is up again: too
   * many prefixes end a session, and then nobody could say why.
   */
  async look(sessions: readonly FrrSession[]): Promise<ReadonlyMap<string, Refused>> {
    const up = sessions.filter(({ bgpState }) => bgpState === 'Established');
    const turn = inTurn(up, this.#next);
    this.#next = up.length === 0 ? 0 : (this.#next + turn.length) % up.length;
    const known = new Map<string, Refused>();
    for (const { interface: name } of sessions) known.set(name, this.#known.get(name) ?? nothing);
    for (const { interface: name } of turn) {
      const refused = await readRefused(this.#vty, name, known.get(name) ?? nothing);
      if (refused === undefined) continue;
      known.set(name, refused);
      if (refused.refusedPrefixes > mostInText) {
        this.#shutUntil.set(name, this.#clock.now() + shutMs);
      }
    }
    this.#known = known;
    return known;
  }
}

const inTurn = (sessions: readonly FrrSession[], first: number): readonly FrrSession[] =>
  [...sessions.slice(first), ...sessions.slice(0, first)].slice(0, linksPerLook);

/** What was refused is first only counted: to name each of very many would take bgpd more memory than they do. */
const mostInJson = 1_000;
const mostInText = 20_000;

const readRefused = async (
  vty: Vty,
  name: string,
  before: Refused,
): Promise<Refused | undefined> => {
  const counts = await askFamilies(vty, name, 'prefix-counts json');
  const refused = counts?.map(refusedCountIn);
  if (refused === undefined || refused.includes(undefined)) return undefined;
  const refusedPrefixes = refused.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (refusedPrefixes === 0) return nothing;
  if (refusedPrefixes > mostInText) return { ...before, refusedPrefixes };
  const json = refusedPrefixes <= mostInJson;
  const routes = await askFamilies(vty, name, `filtered-routes${json ? ' json' : ''}`);
  const named = (routes ?? []).flatMap(json ? refusedIn : refusedInText);
  const violations = named
    .sort((a, b) => comparePrefix(a.prefix, b.prefix))
    .slice(0, mostViolations);
  return { refusedPrefixes, violations };
};

/** A text for each family; undefined when bgpd does not answer. */
const askFamilies = async (
  vty: Vty,
  name: string,
  what: string,
): Promise<readonly string[] | undefined> => {
  const commands = ['ipv4', 'ipv6'].map(
    (family) => `show bgp ${family} unicast neighbors ${name} ${what}`,
  );
  const answers = (await vty.ask('bgpd', ['enable', ...commands]))?.slice(1);
  return answers?.length === commands.length ? answers.map(({ text }) => text) : undefined;
};

/** What was heard without what was taken; undefined when it is no answer (the neighbour has just gone). */
export const refusedCountIn = (text: string): number | undefined => {
  if (!text.trimStart().startsWith('{')) return undefined;
  const { ribTableWalkCounters: counters } = JSON.parse(text) as {
    readonly ribTableWalkCounters?: Readonly<Record<string, number>>;
  };
  if (counters === undefined) return undefined;
  return Math.max(0, (counters['Adj-in'] ?? 0) - (counters['All RIB'] ?? 0));
};

export const refusedIn = (text: string): readonly OriginViolation[] => {
  if (!text.trimStart().startsWith('{')) return [];
  const { receivedRoutes = {} } = JSON.parse(text) as {
    readonly receivedRoutes?: Readonly<Record<string, { readonly path?: unknown }>>;
  };
  return Object.entries(receivedRoutes).flatMap(([key, { path }]) =>
    violationOf(key, typeof path === 'string' ? path : ''),
  );
};

/** Its columns run together, so the path is left out. */
export const refusedInText = (text: string): readonly OriginViolation[] =>
  [...text.matchAll(/^[ *>=a-zA-Z]{1,6}\s([0-9a-f.:]+\/\d+)/gm)].flatMap(([, prefix = '']) =>
    violationOf(prefix, ''),
  );

const violationOf = (text: string, path: string): readonly OriginViolation[] => {
  const prefix = parsePrefix(text);
  return prefix.ok ? [{ prefix: prefix.value, path }] : [];
};
