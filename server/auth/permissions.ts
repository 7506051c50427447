// Who may call what: one table.
import { adminRoles, type AdminRole } from '../register/record.ts';

/**
 * anybody: proves nothing; joining: proves the key that it presents; node: proves the key that is registered;
 * viewer, operator, admin: shows the token of an administrator of this role or a higher one.
 */
export type Role = 'anybody' | 'joining' | 'node' | AdminRole;

const roles: Readonly<Record<string, Role>> = {
  '/meshover.v1.Joining/Hello': 'anybody',
  '/meshover.v1.Joining/Join': 'joining',
  '/meshover.v1.Peers/Watch': 'node',
  '/meshover.v1.Status/Report': 'node',
  '/meshover.v1.Administration/ListNodes': 'viewer',
  '/meshover.v1.Administration/GetController': 'viewer',
  '/meshover.v1.Administration/RemoveNode': 'operator',
  '/meshover.v1.Administration/ListPending': 'viewer',
  '/meshover.v1.Administration/ApproveNode': 'operator',
  '/meshover.v1.Administration/RejectNode': 'operator',
  '/meshover.v1.Administration/RekeyNode': 'operator',
  '/meshover.v1.Administration/CreateToken': 'operator',
  '/meshover.v1.Administration/ListTokens': 'viewer',
  '/meshover.v1.Administration/RevokeToken': 'operator',
  '/meshover.v1.Administration/Authorise': 'operator',
  '/meshover.v1.Administration/ListAuthorisations': 'viewer',
  '/meshover.v1.Administration/CreateAdministrator': 'admin',
  '/meshover.v1.Administration/ListAdministrators': 'viewer',
  '/meshover.v1.Administration/RevokeAdministrator': 'admin',
  '/meshover.v1.Administration/Events': 'viewer',
};

/** Undefined: nobody may. */
export const roleFor = (method: string): Role | undefined =>
  Object.hasOwn(roles, method) ? roles[method] : undefined;

export const permittedMethods = Object.keys(roles);

/** A higher role may all that a lower one may. */
export const mayAct = (held: AdminRole, needed: AdminRole): boolean =>
  adminRoles.indexOf(held) >= adminRoles.indexOf(needed);
