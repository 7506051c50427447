// Operators' calls about what nodes may announce and gather.
import {
  AdministrationService,
  type AdministrationServer,
  type Authorisations,
  type AuthoriseRequest,
  type AuthoriseResponse,
} from '../../proto/gen/meshover/v1/administration.ts';
import { parseHostname } from '../../shared/address/hostname.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { authoriseNode } from '../register/authorise.ts';
import { unauthorisedOf } from '../register/grant.ts';
import { nodesOf, type RegisteredNode } from '../register/register.ts';
import type { Caller } from './admit-call.ts';
import { answer } from './answer.ts';
import type { RpcGiven } from './given.ts';
import { grantsFromWire } from './grants.ts';

type Calls = Pick<AdministrationServer, 'authorise' | 'listAuthorisations'>;

export const authorisationCalls = (given: RpcGiven): Calls => ({
  authorise: answer(given, {
    method: AdministrationService.authorise.path,
    handle: (request, caller) => authorise(given, request, caller),
  }),
  listAuthorisations: answer(given, {
    method: AdministrationService.listAuthorisations.path,
    handle: () =>
      accepted({
        authorisations: nodesOf(given.hub.register()).filter(hasAny).map(authorisationsToWire),
      }),
  }),
});

const authorise = async (
  { hub, log }: RpcGiven,
  request: AuthoriseRequest,
  { who }: Caller,
): Promise<Outcome<AuthoriseResponse>> => {
  const name = parseHostname(request.name);
  if (!name.ok) return refused('malformed', name.reason);
  const grants = grantsFromWire(request);
  if (!grants.ok) return refused('malformed', grants.reason);
  const act = hub.act(who);
  const { withdraw } = request;
  const authorisation = { name: name.value, grants: grants.value, withdraw };
  const done = await hub.write((register) => authoriseNode(register, authorisation, act));
  if (!done.ok) return done;
  const { node, register } = done.value;
  const prefixes = [...grants.value.advertise, ...grants.value.gathering].join(', ');
  log.info(withdraw ? 'withdrawn' : 'authorised', { node: node.name, reason: prefixes });
  return accepted({
    revision: revisionToWire(register.revision),
    authorisations: authorisationsToWire(node),
  });
};

const hasAny = ({ asked, authorised }: RegisteredNode): boolean =>
  [asked.advertise, asked.gathering, authorised.advertise, authorised.gathering].some(
    (list) => list.length > 0,
  );

const authorisationsToWire = (node: RegisteredNode): Authorisations => {
  const unauthorised = unauthorisedOf(node);
  return {
    name: node.name,
    asn: node.asn,
    advertise: [...node.authorised.advertise],
    gathering: [...node.authorised.gathering],
    unauthorisedAdvertise: [...unauthorised.advertise],
    unauthorisedGathering: [...unauthorised.gathering],
  };
};
