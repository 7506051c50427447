// Administrators beside the one of the file admin.token.
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Act } from './act.ts';
import { withEvent } from './audit.ts';
import { noChange, type Changed } from './change.ts';
import { lookUp, withEntry, withoutEntry } from './persistent-map.ts';
import type { Administrator } from './record.ts';
import type { Register } from './register.ts';
import { recordWrite } from './row.ts';

/** Whoever shows the file's token. */
export const fileAdministrator = 'admin';

/** Every call is checked against each of them. */
const mostAdministrators = 1000;

type Wish = Pick<Administrator, 'name' | 'role' | 'tokenHash'>;

export const createAdministrator = (register: Register, wish: Wish, act: Act): Outcome<Changed> => {
  const { name, role } = wish;
  if (!/^[a-z0-9][a-z0-9._@-]{0,62}$/.test(name)) {
    return refused(
      'malformed',
      `"${name.slice(0, 80)}" is no name for an administrator: 1 to 63 lower-case letters, digits, ".", "_", "@" or "-"`,
    );
  }
  if (name === fileAdministrator || lookUp(register.administrators, name) !== undefined) {
    return refused(
      'name-taken',
      `there is an administrator "${name}" already; choose another name`,
    );
  }
  if (register.administrators.size >= mostAdministrators) {
    return refused(
      'malformed',
      `there are ${mostAdministrators} administrators; revoke some first`,
    );
  }
  const administrator = { ...wish, createdAtMs: act.atMs, createdBy: act.who };
  const changed = {
    register: {
      ...register,
      administrators: withEntry(register.administrators, name, administrator),
    },
    change: { ...noChange, writes: [recordWrite('administrator', name, administrator)] },
  };
  const fact = { what: 'administrator-created', subject: name, new: { role } } as const;
  return accepted(withEvent(changed, act, fact));
};

export const revokeAdministrator = (
  register: Register,
  name: string,
  act: Act,
): Outcome<Changed> => {
  if (name === fileAdministrator) {
    return refused(
      'forbidden',
      'the administrator "admin" is the file admin.token itself: remove the file and start the controller again, and a new one is made',
    );
  }
  const known = lookUp(register.administrators, name);
  if (known === undefined) {
    return refused('unknown-administrator', `there is no administrator "${name}"`);
  }
  const changed = {
    register: { ...register, administrators: withoutEntry(register.administrators, name) },
    change: { ...noChange, writes: [recordWrite('administrator', name, undefined)] },
  };
  const old = { role: known.role, createdBy: known.createdBy };
  return accepted(withEvent(changed, act, { what: 'administrator-revoked', subject: name, old }));
};
