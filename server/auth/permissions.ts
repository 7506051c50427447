// Who may call what: one table.

/** anybody: proves nothing; joining: proves the key that it presents; node: proves the key that is registered; admin: shows the admin token. */
export type Role = 'anybody' | 'joining' | 'node' | 'admin';

const roles: Readonly<Record<string, Role>> = {
  '/meshover.v1.Joining/Hello': 'anybody',
  '/meshover.v1.Joining/Join': 'joining',
  '/meshover.v1.Peers/Watch': 'node',
  '/meshover.v1.Status/Report': 'node',
  '/meshover.v1.Administration/ListNodes': 'admin',
  '/meshover.v1.Administration/GetController': 'admin',
  '/meshover.v1.Administration/RemoveNode': 'admin',
  '/meshover.v1.Administration/ListPending': 'admin',
  '/meshover.v1.Administration/ApproveNode': 'admin',
  '/meshover.v1.Administration/RejectNode': 'admin',
  '/meshover.v1.Administration/RekeyNode': 'admin',
  '/meshover.v1.Administration/CreateToken': 'admin',
  '/meshover.v1.Administration/ListTokens': 'admin',
  '/meshover.v1.Administration/RevokeToken': 'admin',
  '/meshover.v1.Administration/Authorise': 'admin',
  '/meshover.v1.Administration/ListAuthorisations': 'admin',
  '/meshover.v1.Administration/CreateAdministrator': 'admin',
  '/meshover.v1.Administration/ListAdministrators': 'admin',
  '/meshover.v1.Administration/RevokeAdministrator': 'admin',
  '/meshover.v1.Administration/Events': 'admin',
};

/** Undefined: nobody may. */
export const roleFor = (method: string): Role | undefined =>
  Object.hasOwn(roles, method) ? roles[method] : undefined;

export const permittedMethods = Object.keys(roles);
