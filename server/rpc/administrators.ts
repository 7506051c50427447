// Administrators' calls about administrators.
import { randomBytes } from 'node:crypto';
import {
  AdministrationService,
  type Administrator as WireAdministrator,
  type AdministrationServer,
  type CreateAdministratorRequest,
  type CreateAdministratorResponse,
} from '../../proto/gen/meshover/v1/administration.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { tokenHashOf } from '../auth/caller.ts';
import { createAdministrator, revokeAdministrator } from '../register/administrator.ts';
import { adminRoles, type Administrator } from '../register/record.ts';
import { administratorsOf } from '../register/register.ts';
import type { Caller } from './admit-call.ts';
import { answer } from './answer.ts';
import type { RpcGiven } from './given.ts';
import { seconds } from './seconds.ts';

type Calls = Pick<
  AdministrationServer,
  'createAdministrator' | 'listAdministrators' | 'revokeAdministrator'
>;

export const administratorCalls = (given: RpcGiven): Calls => ({
  createAdministrator: answer(given, {
    method: AdministrationService.createAdministrator.path,
    handle: (request, caller) => create(given, request, caller),
  }),
  listAdministrators: answer(given, {
    method: AdministrationService.listAdministrators.path,
    handle: () => accepted({ administrators: administratorsOf(given.hub.register()).map(toWire) }),
  }),
  revokeAdministrator: answer(given, {
    method: AdministrationService.revokeAdministrator.path,
    handle: async ({ name }, { who }) => {
      const act = given.hub.act(who);
      const revoked = await given.hub.write((register) => revokeAdministrator(register, name, act));
      if (revoked.ok) given.log.info('administrator revoked', { reason: `${name} by ${who}` });
      return revoked.ok ? accepted({}) : revoked;
    },
  }),
});

const create = async (
  { hub, log }: RpcGiven,
  request: CreateAdministratorRequest,
  { who }: Caller,
): Promise<Outcome<CreateAdministratorResponse>> => {
  const role = adminRoles.find((each) => each === request.role);
  if (role === undefined) {
    const asked = request.role.slice(0, 40);
    return refused('malformed', `the role "${asked}" is none of ${adminRoles.join(', ')}`);
  }
  const { name } = request;
  const token = randomBytes(32).toString('base64url');
  const wish = { name, role, tokenHash: tokenHashOf(token) };
  const act = hub.act(who);
  const made = await hub.write((register) => createAdministrator(register, wish, act));
  if (!made.ok) return made;
  log.info('administrator created', { reason: `${name} (${role}) by ${who}` });
  return accepted({ token });
};

const toWire = ({ name, role, createdAtMs, createdBy }: Administrator): WireAdministrator => ({
  ...{ name, role, createdBy },
  createdAtSeconds: seconds(createdAtMs),
});
