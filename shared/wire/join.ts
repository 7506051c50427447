// A node's request to join, as the wire carries it.
import {
  LinkDriver as WireLinkDriver,
  type Gathering as WireGathering,
} from '../../proto/gen/meshover/v1/mesh.ts';
import type { JoinRequest as WireJoinRequest } from '../../proto/gen/meshover/v1/joining.ts';
import { parseEndpoint } from '../address/endpoint.ts';
import { parseHostname } from '../address/hostname.ts';
import { parseIdentityKey, parseWireGuardKey } from '../address/key.ts';
import { parsePrefix } from '../address/prefix.ts';
import { Secret } from '../log/secret.ts';
import type { JoinRequest } from '../mesh/join.ts';
import { parseGathering, parseGatherings, parseLinkDriver } from '../mesh/parse-peer.ts';
import { linkDrivers, type Gathering } from '../mesh/peer.ts';
import { malformed, parseAll, parsed, type Parsed } from '../outcome/parsed.ts';
import { keyTextFromWire, keyToWire, linkDriverTextFromWire, linkDriverToWire } from './peer.ts';

export const gatheringToWire = (gathering: Gathering): WireGathering => ({ ...gathering });

export const gatheringFromWire = (wire: WireGathering): Parsed<Gathering> => parseGathering(wire);

export const joinRequestToWire = (request: JoinRequest): WireJoinRequest => ({
  name: request.name,
  wireguardKey: keyToWire(request.wireguardKey),
  identityKey: keyToWire(request.identityKey),
  endpoints: [...request.endpoints],
  gathering: request.gathering.map(gatheringToWire),
  advertise: [...request.advertise],
  linkDriver: linkDriverToWire(request.linkDriver),
  token: request.token?.reveal() ?? '',
  version: request.version,
  dryRun: request.dryRun,
});

export const joinRequestFromWire = (wire: WireJoinRequest): Parsed<JoinRequest> => {
  const name = parseHostname(wire.name);
  if (!name.ok) return name;
  const wireguardKey = parseWireGuardKey(keyTextFromWire(wire.wireguardKey));
  if (!wireguardKey.ok) return wireguardKey;
  const identityKey = parseIdentityKey(keyTextFromWire(wire.identityKey));
  if (!identityKey.ok) return identityKey;
  const wishes = wishesFromWire(wire);
  if (!wishes.ok) return wishes;
  return parsed({
    name: name.value,
    wireguardKey: wireguardKey.value,
    identityKey: identityKey.value,
    ...wishes.value,
    token: wire.token === '' ? undefined : new Secret(wire.token),
    version: wire.version,
    dryRun: wire.dryRun,
  });
};

const wishesFromWire = (
  wire: WireJoinRequest,
): Parsed<Pick<JoinRequest, 'endpoints' | 'gathering' | 'advertise' | 'linkDriver'>> => {
  const endpoints = parseAll(wire.endpoints, parseEndpoint);
  if (!endpoints.ok) return malformed(`-endpoint: ${endpoints.reason}`);
  const gathering = parseGatherings(wire.gathering);
  if (!gathering.ok) return malformed(`-gathering: ${gathering.reason}`);
  const advertise = parseAll(wire.advertise, parsePrefix);
  if (!advertise.ok) return malformed(`-advertise: ${advertise.reason}`);
  const linkDriver =
    wire.linkDriver === WireLinkDriver.LINK_DRIVER_UNSPECIFIED
      ? parsed(linkDrivers[0])
      : parseLinkDriver(linkDriverTextFromWire(wire.linkDriver));
  if (!linkDriver.ok) return malformed(`-link: ${linkDriver.reason}`);
  return parsed({
    endpoints: endpoints.value,
    gathering: gathering.value,
    advertise: advertise.value,
    linkDriver: linkDriver.value,
  });
};
