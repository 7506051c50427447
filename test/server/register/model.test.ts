// The register against a simple model: 20,000 names that join, leave, and survive restarts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { joinNode } from '../../../server/register/join.ts';
import {
  nodeOf,
  nodesOf,
  type Register,
  type RegisteredNode,
} from '../../../server/register/register.ts';
import { removeNode } from '../../../server/register/remove.ts';
import { registerFrom } from '../../../server/register/restore.ts';
import { rowsOf, type Row, type RowWrite } from '../../../server/register/row.ts';
import { act, join, opened, registerWith, requestFor, valueOf } from './requests.ts';

/** A store as simple as it can be: it only ever sees what a change says it must keep. */
class Rows {
  readonly #rows = new Map<string, Row>();

  constructor(rows: readonly Row[]) {
    this.write(rows);
  }

  write(writes: readonly RowWrite[]): void {
    for (const { table, key, value } of writes) {
      if (value === undefined) this.#rows.delete(`${table}/${key}`);
      else this.#rows.set(`${table}/${key}`, { table, key, value });
    }
  }

  all(): readonly Row[] {
    return [...this.#rows.values()];
  }
}

const placeOf = (node: RegisteredNode): readonly string[] => [
  String(node.asn),
  node.tunnelAddress6,
  node.tunnelAddress4,
  node.nodeAddress6,
  node.nodeAddress4,
];

type Model = Map<string, readonly string[]>;

const expectAgreement = (register: Register, model: Model): void => {
  const nodes = nodesOf(register);
  expect(nodes.map(({ name }) => name)).toEqual([...model.keys()].sort());
  expect(nodes.filter((node) => String(placeOf(node)) !== String(model.get(node.name)))).toEqual(
    [],
  );
  expect(new Set(nodes.flatMap(placeOf)).size).toBe(5 * nodes.length);
};

const restarted = (rows: Rows): Register => valueOf(registerFrom(rows.all()))!;

const hostname = fc
  .array(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/), { minLength: 1, maxLength: 3 })
  .map((labels) => labels.join('.'));

/** About 5 s alone; a busy machine may take its time. */
const deadlineMs = 120_000;

describe('20,000 random hostnames', () => {
  const names = fc.sample(fc.uniqueArray(hostname, { minLength: 20_000, maxLength: 20_000 }), {
    numRuns: 1,
    seed: 2026,
  })[0]!;

  it(
    'keep their places while they are there and after a restart, and no two are alike',
    () => {
      let register = registerWith();
      const rows = new Rows(rowsOf(register));
      const model: Model = new Map();
      for (const [i, name] of names.entries()) {
        const joined = join(register, name);
        register = joined.register;
        rows.write(joined.change.writes);
        model.set(name, placeOf(joined.node));
        if (i % 5 !== 4) continue;
        const leaver = names[i - (i % 4)]!;
        const left = valueOf(
          removeNode(register, { name: leaver as Hostname, reason: 'left' }, act),
        );
        register = left.register;
        rows.write(left.change.writes);
        model.delete(leaver);
      }
      expect(model.size).toBe(16_000);
      expectAgreement(register, model);
      register = restarted(rows);
      expectAgreement(register, model);
      for (const name of names) {
        const { node, register: next } = join(register, name);
        register = next;
        model.set(name, model.get(name) ?? placeOf(node));
      }
      expectAgreement(register, model);
    },
    deadlineMs,
  );
});

describe('any sequence of joins, leaves and restarts', () => {
  const few = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const steps = fc.array(
    fc.record({
      what: fc.constantFrom('join', 'leave', 'restart'),
      name: fc.constantFrom(...few),
    }),
    { maxLength: 60 },
  );
  // Room for six nodes: collisions, probing and exhaustion happen all the time.
  const narrow = { tunnel: ['fd00:1::/120', '10.1.0.0/29'], node: ['fd00:2::/120', '10.2.0.0/29'] };

  it('agrees with the model in pools that are nearly full', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        let register = registerWith(narrow);
        const rows = new Rows(rowsOf(register));
        const model: Model = new Map();
        for (const { what, name } of sequence) {
          const outcome =
            what === 'join'
              ? joinNode(register, requestFor(name), opened)
              : removeNode(register, { name: name as Hostname, reason: 'left' }, act);
          if (what === 'restart') register = restarted(rows);
          else if (outcome.ok) {
            register = outcome.value.register;
            rows.write(outcome.value.change.writes);
            const node = nodeOf(register, name);
            if (node === undefined) model.delete(name);
            else model.set(name, model.get(name) ?? placeOf(node));
          } else {
            const expected = what === 'leave' ? !model.has(name) : model.size === 6;
            expect(expected && outcome.refusal.code).toMatch(/^(unknown-node|pool-exhausted)$/);
          }
          expectAgreement(register, model);
        }
        expect(restarted(rows)).toEqual(register);
      }),
      { numRuns: 200 },
    );
  });
});
