// Who is connected: by stage, in the order of arrival there, and counted by source.
import type { Stage, Visitor } from './visitor.ts';

interface Tally {
  all: number;
  unproven: number;
}

const nobody: Readonly<Tally> = { all: 0, unproven: 0 };

export class Crowd {
  readonly #stages: Readonly<Record<Stage, Set<Visitor>>> = {
    silent: new Set(),
    speaking: new Set(),
    proven: new Set(),
  };
  readonly #tallies = new Map<string, Tally>();

  get size(): number {
    const { silent, speaking, proven } = this.#stages;
    return silent.size + speaking.size + proven.size;
  }

  /** Oldest first. */
  at(stage: Stage): ReadonlySet<Visitor> {
    return this.#stages[stage];
  }

  of(source: string | undefined): Readonly<Tally> {
    return (source === undefined ? undefined : this.#tallies.get(source)) ?? nobody;
  }

  add(visitor: Visitor): void {
    this.#stages[visitor.stage].add(visitor);
    this.#tally(visitor.source, { all: 1, unproven: 1 });
  }

  move(visitor: Visitor, to: Stage): void {
    if (visitor.stage === to || !this.#stages[visitor.stage].delete(visitor)) return;
    this.#stages[to].add(visitor);
    visitor.stage = to;
    if (to === 'proven') this.#tally(visitor.source, { all: 0, unproven: -1 });
  }

  remove(visitor: Visitor): void {
    if (!this.#stages[visitor.stage].delete(visitor)) return;
    this.#tally(visitor.source, { all: -1, unproven: visitor.stage === 'proven' ? 0 : -1 });
  }

  #tally(source: string | undefined, by: Readonly<Tally>): void {
    if (source === undefined) return;
    const { all, unproven } = this.of(source);
    if (all + by.all === 0) this.#tallies.delete(source);
    else this.#tallies.set(source, { all: all + by.all, unproven: unproven + by.unproven });
  }
}
