// Join requests on the wire.
import type { JoinRequest as WireJoinRequest } from '../../proto/gen/meshover/v1/joining.ts';
import { parseEndpoint } from '../address/endpoint.ts';
import { parseHostname } from '../address/hostname.ts';
import { parsePrefix } from '../address/prefix.ts';
import type { JoinRequest } from '../mesh/join-request.ts';
import { allParsed, parseAll, parsed, type Parsed } from '../outcome/parsed.ts';
import { gatheringFromWire, gatheringToWire } from './gathering.ts';
import { identityKeyFromWire, keyToWire, wireguardKeyFromWire } from './key.ts';
import { linkDriverFromWire, linkDriverToWire } from './link-driver.ts';
import { signedFromWire, signedToWire } from './signed.ts';

export const joinRequestToWire = (
  request: JoinRequest,
  options: { readonly version: string; readonly dryRun: boolean },
): WireJoinRequest => ({
  name: request.name,
  wireguardKey: keyToWire(request.wireguardKey),
  identityKey: keyToWire(request.identityKey),
  endpoints: [...request.endpoints],
  gathering: request.gathering.map(gatheringToWire),
  advertise: [...request.advertise],
  linkDriver: linkDriverToWire(request.linkDriver),
  token: request.token,
  signedStatement: signedToWire(request.signedStatement),
  succession: signedToWire(request.succession),
  ...options,
});

export const joinRequestFromWire = (wire: WireJoinRequest): Parsed<JoinRequest> =>
  allParsed<JoinRequest>(
    {
      name: parseHostname(wire.name),
      wireguardKey: wireguardKeyFromWire(wire.wireguardKey),
      identityKey: identityKeyFromWire(wire.identityKey),
      endpoints: parseAll(wire.endpoints, parseEndpoint),
      gathering: parseAll(wire.gathering, gatheringFromWire),
      advertise: parseAll(wire.advertise, parsePrefix),
      linkDriver: linkDriverFromWire(wire.linkDriver),
      token: parsed(wire.token),
      signedStatement: parsed(signedFromWire(wire.signedStatement)),
      succession: parsed(signedFromWire(wire.succession)),
    },
    'join request',
  );
