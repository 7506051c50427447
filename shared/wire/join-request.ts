// Join requests on the wire.
import type { JoinRequest as WireJoinRequest } from '../../proto/gen/meshover/v1/joining.ts';
import { parseEndpoint } from '../address/endpoint.ts';
import { parseHostname } from '../address/hostname.ts';
import { parsePrefix } from '../address/prefix.ts';
import type { JoinRequest } from '../mesh/join-request.ts';
import type { Parsed } from '../outcome/parsed.ts';
import { gatheringFromWire, gatheringToWire, listFromWire } from './announcement.ts';
import { identityKeyFromWire, keyToWire, wireguardKeyFromWire } from './key.ts';
import { linkDriverFromWire, linkDriverToWire } from './link-driver.ts';
import { allParsed } from './peer.ts';

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
  token: '',
  ...options,
});

export const joinRequestFromWire = (wire: WireJoinRequest): Parsed<JoinRequest> =>
  allParsed<JoinRequest>(
    {
      name: parseHostname(wire.name),
      wireguardKey: wireguardKeyFromWire(wire.wireguardKey),
      identityKey: identityKeyFromWire(wire.identityKey),
      endpoints: listFromWire(wire.endpoints, parseEndpoint),
      gathering: listFromWire(wire.gathering, gatheringFromWire),
      advertise: listFromWire(wire.advertise, parsePrefix),
      linkDriver: linkDriverFromWire(wire.linkDriver),
    },
    'join request',
  );
