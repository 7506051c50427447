import { describe, expect, it } from 'vitest';
import { AdministrationService } from '../../../proto/gen/meshover/v1/administration.ts';
import { JoiningService } from '../../../proto/gen/meshover/v1/joining.ts';
import { PeersService } from '../../../proto/gen/meshover/v1/peers.ts';
import { StatusService } from '../../../proto/gen/meshover/v1/status.ts';
import { mayAct, permittedMethods, roleFor } from '../../../server/auth/permissions.ts';
import { adminRoles } from '../../../server/register/record.ts';

const pathsOf = (service: object): string[] =>
  Object.values(service as Record<string, { readonly path: string }>).map(({ path }) => path);

const methods = [AdministrationService, JoiningService, PeersService, StatusService].flatMap(
  pathsOf,
);

describe('permission table', () => {
  it('has a row for every call of the contract, and none for anything else', () => {
    expect([...permittedMethods].sort()).toEqual([...methods].sort());
  });

  it.each([
    ['/meshover.v1.Joining/Hello', 'anybody'],
    ['/meshover.v1.Joining/Join', 'joining'],
    ['/meshover.v1.Peers/Watch', 'node'],
    ['/meshover.v1.Status/Report', 'node'],
  ])('%s is for %s', (method, role) => {
    expect(roleFor(method)).toBe(role);
  });

  // call, viewer, operator, admin
  it.each([
    ['ListNodes', true, true, true],
    ['GetController', true, true, true],
    ['RemoveNode', false, true, true],
    ['ListPending', true, true, true],
    ['ApproveNode', false, true, true],
    ['RejectNode', false, true, true],
    ['RekeyNode', false, true, true],
    ['CreateToken', false, true, true],
    ['ListTokens', true, true, true],
    ['RevokeToken', false, true, true],
    ['Authorise', false, true, true],
    ['ListAuthorisations', true, true, true],
    ['CreateAdministrator', false, false, true],
    ['ListAdministrators', true, true, true],
    ['RevokeAdministrator', false, false, true],
    ['Events', true, true, true],
  ])('%s: viewer %s, operator %s, admin %s', (call, ...expected) => {
    const needed = adminRoles.find(
      (role) => role === roleFor(`/meshover.v1.Administration/${call}`),
    );
    expect(adminRoles.map((held) => needed !== undefined && mayAct(held, needed))).toEqual(
      expected,
    );
  });

  it.each(['/meshover.v1.Administration/Nothing', 'constructor', '', '__proto__'])(
    '"%s" is for nobody',
    (method) => {
      expect(roleFor(method)).toBeUndefined();
    },
  );
});
