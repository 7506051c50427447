// Two readers of one contract agree on the bytes: ts-proto's code and the .proto files loaded at run time.
import { loadSync, type AnyDefinition, type MessageTypeDefinition } from '@grpc/proto-loader';
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as administration from '../../proto/gen/meshover/v1/administration.ts';
import * as joining from '../../proto/gen/meshover/v1/joining.ts';
import * as mesh from '../../proto/gen/meshover/v1/mesh.ts';
import * as peers from '../../proto/gen/meshover/v1/peers.ts';
import * as status from '../../proto/gen/meshover/v1/status.ts';

const root = fileURLToPath(new URL('../../proto/', import.meta.url));
const files = readdirSync(`${root}meshover/v1`).map((file) => `meshover/v1/${file}`);
const loaded: Readonly<Record<string, AnyDefinition>> = loadSync(files, {
  includeDirs: [root],
  keepCase: false,
  longs: String,
  enums: String,
  bytes: Buffer,
  oneofs: false,
});

interface Generated {
  readonly encode: (message: unknown) => { finish(): Uint8Array };
  readonly decode: (bytes: Uint8Array) => unknown;
  readonly toJSON: (message: unknown) => unknown;
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly typeName: string;
  readonly label: string;
}

type Plain = Readonly<Record<string, unknown>>;

const generated: Readonly<Record<string, unknown>> = {
  ...administration,
  ...joining,
  ...mesh,
  ...peers,
  ...status,
};

const isMessage = (
  definition: AnyDefinition,
): definition is MessageTypeDefinition<object, object> =>
  definition.format === 'Protocol Buffer 3 DescriptorProto';

const messages = new Map(
  Object.entries(loaded).flatMap(([name, definition]) =>
    isMessage(definition) ? [[name.replace('meshover.v1.', ''), definition] as const] : [],
  ),
);

const camel = (name: string): string =>
  name.replace(/_(.)/g, (_, next: string) => next.toUpperCase());

const enumNames: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(loaded).flatMap(([name, definition]) =>
    definition.format === 'Protocol Buffer 3 EnumDescriptorProto'
      ? [[name, (definition.type as { value: { name: string }[] }).value.map((each) => each.name)]]
      : [],
  ),
);

const short = (typeName: string): string => typeName.replace(/^\.?(meshover\.v1\.)?/, '');

const anyScalar = (field: Field): fc.Arbitrary<unknown> => {
  switch (field.type) {
    case 'TYPE_STRING':
      return fc.string();
    case 'TYPE_BYTES':
      return fc.uint8Array().map((bytes) => Buffer.from(bytes));
    case 'TYPE_BOOL':
      return fc.boolean();
    case 'TYPE_UINT32':
      return fc.nat(0xffff_ffff);
    case 'TYPE_UINT64':
      return fc.bigInt(0n, (1n << 64n) - 1n).map(String);
    case 'TYPE_ENUM':
      return fc.constantFrom(...enumNames[`meshover.v1.${short(field.typeName)}`]!);
    case 'TYPE_MESSAGE':
      return anyMessage(short(field.typeName));
    default:
      throw new Error(`this test does not know ${field.type} of ${field.name} yet: add it`);
  }
};

/** proto3 omits a field's default; proto-loader writes it when it is named, so it is not named here. */
const isDefault = (field: Field, value: unknown): boolean =>
  value === '' ||
  value === '0' ||
  value === 0 ||
  value === false ||
  (Buffer.isBuffer(value) && value.length === 0) ||
  (field.type === 'TYPE_ENUM' && String(value).endsWith('_UNSPECIFIED'));

const anyValue = (field: Field): fc.Arbitrary<unknown> =>
  field.label === 'LABEL_REPEATED'
    ? fc.array(anyScalar(field), { maxLength: 3 })
    : anyScalar(field).filter((value) => !isDefault(field, value));

/** A message as proto-loader takes it: 64-bit integers and enums as text. */
const anyMessage = (name: string): fc.Arbitrary<Plain> => {
  const { field: fields, oneofDecl } = messages.get(name)!.type as {
    readonly field: readonly Field[];
    readonly oneofDecl: readonly unknown[];
  };
  const values = fields.map((field) => [camel(field.name), anyValue(field)] as const);
  if (oneofDecl.length === 0) return fc.record(Object.fromEntries(values), { requiredKeys: [] });
  return fc.oneof(...values.map(([key, value]) => fc.record({ [key]: value })));
};

describe.each([...messages.keys()].sort())('%s', (name) => {
  const code = generated[name] as Generated;
  const { serialize, deserialize } = messages.get(name)!;

  it('is written in the same bytes by both, and each reads the other’s', () => {
    fc.assert(
      fc.property(anyMessage(name), (message) => {
        const theirs = serialize(message);
        const decoded = code.decode(theirs);
        const ours = Buffer.from(code.encode(decoded).finish());
        expect(ours.toString('hex')).toBe(theirs.toString('hex'));
        expect(deserialize(ours)).toEqual(deserialize(theirs));
        expect(code.toJSON(code.decode(ours))).toEqual(code.toJSON(decoded));
      }),
      { numRuns: 60 },
    );
  });
});

it('every message of the contract has code', () => {
  expect(messages.size).toBeGreaterThan(20);
  expect([...messages.keys()].filter((name) => generated[name] === undefined)).toEqual([]);
});
