import { describe, expect, it } from 'vitest';
import { AdministrationService } from '../../../proto/gen/meshover/v1/administration.ts';
import { JoiningService } from '../../../proto/gen/meshover/v1/joining.ts';
import { PeersService } from '../../../proto/gen/meshover/v1/peers.ts';
import { StatusService } from '../../../proto/gen/meshover/v1/status.ts';
import { permittedMethods, roleFor } from '../../../server/auth/permissions.ts';

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
    ['/meshover.v1.Administration/ListNodes', 'admin'],
    ['/meshover.v1.Administration/GetController', 'admin'],
    ['/meshover.v1.Administration/RemoveNode', 'admin'],
  ])('%s is for %s', (method, role) => {
    expect(roleFor(method)).toBe(role);
  });

  it.each(['/meshover.v1.Administration/Nothing', 'constructor', '', '__proto__'])(
    '"%s" is for nobody',
    (method) => {
      expect(roleFor(method)).toBeUndefined();
    },
  );
});
