// Who announces what it may not: what FRR heard from each peer and refused, a few peers at each look.
import { comparePrefix, parsePrefix } from '../../shared/address/prefix.ts';
import { mostViolations, type OriginViolation } from '../../shared/mesh/status.ts';
import type { Vty } from '../host/ports.ts';
import type { FrrSession } from './frr.ts';

export interface Refused {
  readonly refusedPrefixes: number;
  readonly violations: readonly OriginViolation[];
}

const nothing: Refused = { refusedPrefixes: 0, violations: [] };

/** Each costs bgpd a walk through its table. */
const linksPerLook = 8;

export class OriginWatch {
  readonly #vty: Vty;
  #known: ReadonlyMap<string, Refused> = new Map();
  #next = 0;

  constructor(vty: Vty) {
    this.#vty = vty;
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
      const refused = await readRefused(this.#vty, name);
      if (refused !== undefined) known.set(name, refused);
    }
    this.#known = known;
    return known;
  }
}

const inTurn = (sessions: readonly FrrSession[], first: number): readonly FrrSession[] =>
  [...sessions.slice(first), ...sessions.slice(0, first)].slice(0, linksPerLook);

const readRefused = async (vty: Vty, name: string): Promise<Refused | undefined> => {
  const commands = ['ipv4', 'ipv6'].map(
    (family) => `show bgp ${family} unicast neighbors ${name} filtered-routes json`,
  );
  const answers = await vty.ask('bgpd', ['enable', ...commands]);
  const families = (answers ?? []).slice(1).map(({ text }) => refusedIn(text));
  if (families.length < commands.length || families.includes(undefined)) return undefined;
  return together(families.filter((family) => family !== undefined));
};

/** One answer of bgpd; undefined when it is none (the neighbour has just gone). */
export const refusedIn = (text: string): readonly OriginViolation[] | undefined => {
  if (!text.trimStart().startsWith('{')) return undefined;
  const { receivedRoutes = {} } = JSON.parse(text) as {
    readonly receivedRoutes?: Readonly<Record<string, { readonly path?: unknown }>>;
  };
  return Object.entries(receivedRoutes).flatMap(([key, { path }]) => {
    const prefix = parsePrefix(key);
    return prefix.ok ? [{ prefix: prefix.value, path: typeof path === 'string' ? path : '' }] : [];
  });
};

const together = (families: readonly (readonly OriginViolation[])[]): Refused => {
  const all = families.flat();
  return {
    refusedPrefixes: all.length,
    violations: all.sort((a, b) => comparePrefix(a.prefix, b.prefix)).slice(0, mostViolations),
  };
};
