// Join tokens, administrators and removed keys from their rows.
import { parseHostname } from '../../shared/address/hostname.ts';
import { parseIdentityKey } from '../../shared/address/key.ts';
import {
  allParsed,
  malformed,
  parseAll,
  parsed,
  type Parsed,
} from '../../shared/outcome/parsed.ts';
import { withEntry } from './persistent-map.ts';
import {
  adminRoles,
  type AdminRole,
  type Administrator,
  type BarredKey,
  type JoinToken,
} from './record.ts';
import type { Register } from './register.ts';
import { grantsFrom } from './restore-node.ts';
import type { Row } from './row.ts';
import { administratorShape, barredShape, parseRow, tokenShape } from './row-shape.ts';

export const withRecordRow = (register: Register, row: Row): Parsed<Register> => {
  switch (row.table) {
    case 'token': {
      const token = tokenFrom(row);
      if (!token.ok) return token;
      if (token.value.id !== row.key) return malformed(`is about "${token.value.id}"`);
      return parsed({ ...register, tokens: withEntry(register.tokens, row.key, token.value) });
    }
    case 'administrator': {
      const made = administratorFrom(row);
      if (!made.ok) return made;
      if (made.value.name !== row.key) return malformed(`is about "${made.value.name}"`);
      const administrators = withEntry(register.administrators, row.key, made.value);
      return parsed({ ...register, administrators });
    }
    default: {
      const barred = barredFrom(row);
      if (!barred.ok) return barred;
      if (barred.value.identityKey !== row.key) return malformed('is about another key');
      return parsed({ ...register, barred: withEntry(register.barred, row.key, barred.value) });
    }
  }
};

const tokenFrom = (row: Row): Parsed<JoinToken> => {
  const fields = parseRow(row.value, tokenShape);
  if (!fields.ok) return fields;
  const { grants, nodes, ...rest } = fields.value;
  const parts = allParsed({ grants: grantsFrom(grants), nodes: parseAll(nodes, parseHostname) });
  return parts.ok ? parsed({ ...rest, ...parts.value }) : parts;
};

const administratorFrom = (row: Row): Parsed<Administrator> => {
  const fields = parseRow(row.value, administratorShape);
  if (!fields.ok) return fields;
  const { role, ...rest } = fields.value;
  const known = roleFrom(role);
  if (known === undefined) return malformed(`has no good field "role" (${role.slice(0, 20)})`);
  if (!/^[0-9a-f]{64}$/.test(rest.tokenHash)) return malformed('has no good field "tokenHash"');
  return parsed({ ...rest, role: known });
};

export const roleFrom = (text: string): AdminRole | undefined =>
  adminRoles.find((role) => role === text);

const barredFrom = (row: Row): Parsed<BarredKey> => {
  const fields = parseRow(row.value, barredShape);
  if (!fields.ok) return fields;
  const { identityKey, name, atMs } = fields.value;
  return allParsed<BarredKey>({
    identityKey: parseIdentityKey(identityKey),
    name: parseHostname(name),
    atMs: parsed(atMs),
  });
};
