// Operators' calls about join tokens.
import { randomBytes } from 'node:crypto';
import {
  AdministrationService,
  type AdministrationServer,
  type CreateTokenRequest,
  type CreateTokenResponse,
  type JoinToken as WireToken,
} from '../../proto/gen/meshover/v1/administration.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { signJoinToken } from '../auth/join-token.ts';
import type { JoinToken } from '../register/record.ts';
import { tokensOf } from '../register/register.ts';
import { createToken, revokeToken, stateOf } from '../register/token.ts';
import type { Caller } from './admit-call.ts';
import { answer } from './answer.ts';
import type { RpcGiven } from './given.ts';
import { grantsFromWire } from './grants.ts';
import { seconds } from './seconds.ts';

const defaultLifeSeconds = 3600n;
const longestLifeSeconds = 366n * 24n * 3600n;

type Calls = Pick<AdministrationServer, 'createToken' | 'listTokens' | 'revokeToken'>;

export const tokenCalls = (given: RpcGiven): Calls => ({
  createToken: answer(given, {
    method: AdministrationService.createToken.path,
    handle: (request, caller) => create(given, request, caller),
  }),
  listTokens: answer(given, {
    method: AdministrationService.listTokens.path,
    handle: () => {
      const now = given.clock.now();
      const tokens = tokensOf(given.hub.register());
      return accepted({ tokens: tokens.map((token) => tokenToWire(token, now)) });
    },
  }),
  revokeToken: answer(given, {
    method: AdministrationService.revokeToken.path,
    handle: async ({ id }, { who }) => {
      const act = given.hub.act(who);
      const revoked = await given.hub.write((register) => revokeToken(register, id, act));
      if (revoked.ok) given.log.info('join token revoked', { reason: `${id} by ${who}` });
      return revoked.ok ? accepted({}) : revoked;
    },
  }),
});

const create = async (
  { hub, identity, log }: RpcGiven,
  request: CreateTokenRequest,
  { who }: Caller,
): Promise<Outcome<CreateTokenResponse>> => {
  const grants = grantsFromWire(request);
  if (!grants.ok) return refused('malformed', grants.reason);
  const asked = request.lifetimeSeconds === 0n ? defaultLifeSeconds : request.lifetimeSeconds;
  if (asked > longestLifeSeconds) return refused('malformed', 'a token lives at most 366 days');
  const act = hub.act(who);
  const wish = {
    id: randomBytes(9).toString('hex'),
    label: request.label,
    uses: request.uses === 0 ? 1 : request.uses,
    expiresAtMs: act.atMs + Number(asked) * 1000,
    pattern: request.hostnamePattern,
    tags: request.tags,
    grants: grants.value,
  };
  const made = await hub.write((register) => createToken(register, wish, act));
  if (!made.ok) return made;
  const { token, register } = made.value;
  log.info('join token created', { reason: `${token.id} by ${who}`, count: token.uses });
  const { registerId } = register.revision;
  const { operatorKeys } = register.settings;
  const text = await signJoinToken(token, { key: identity.signingKey, registerId, operatorKeys });
  return accepted({ token: text.reveal(), details: tokenToWire(token, act.atMs) });
};

const tokenToWire = (token: JoinToken, nowMs: number): WireToken => ({
  id: token.id,
  label: token.label,
  uses: token.uses,
  used: token.nodes.length,
  createdAtSeconds: seconds(token.createdAtMs),
  expiresAtSeconds: seconds(token.expiresAtMs),
  hostnamePattern: token.pattern,
  tags: [...token.tags],
  advertise: [...token.grants.advertise],
  gathering: [...token.grants.gathering],
  createdBy: token.createdBy,
  state: stateOf(token, nowMs),
  nodes: [...token.nodes],
});
