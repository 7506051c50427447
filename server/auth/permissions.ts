// Who may call what: one table.

/** joining: proves the key that it presents; node: proves the key that is registered; admin: shows the admin token. */
export type Role = 'joining' | 'node' | 'admin';

const roles: Readonly<Record<string, Role>> = {
  '/meshover.v1.Joining/Join': 'joining',
  '/meshover.v1.Peers/Watch': 'node',
  '/meshover.v1.Status/Report': 'node',
  '/meshover.v1.Administration/ListNodes': 'admin',
  '/meshover.v1.Administration/GetController': 'admin',
  '/meshover.v1.Administration/RemoveNode': 'admin',
};

/** Undefined: nobody may. */
export const roleFor = (method: string): Role | undefined =>
  Object.hasOwn(roles, method) ? roles[method] : undefined;

export const permittedMethods = Object.keys(roles);
