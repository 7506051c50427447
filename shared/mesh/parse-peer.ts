// Reads what another program wrote about a node: one check of every field, for wire and disk alike.
import { asnFrom } from '../address/asn.ts';
import { parseEndpoint } from '../address/endpoint.ts';
import { parseHostname } from '../address/hostname.ts';
import { familyOf, parseIp, type Ip } from '../address/ip.ts';
import { parseIdentityKey, parseWireGuardKey } from '../address/key.ts';
import { parsePrefix } from '../address/prefix.ts';
import { malformed, parseAll, parsed, type Parsed } from '../outcome/parsed.ts';
import { linkDrivers, type Gathering, type LinkDriver, type Peer } from './peer.ts';

/** A peer's fields before anybody looked at them. */
export interface UncheckedPeer {
  readonly name: string;
  readonly asn: number;
  readonly wireguardKey: string;
  readonly identityKey: string;
  readonly tunnelAddresses: readonly string[];
  readonly nodeAddresses: readonly string[];
  readonly endpoints: readonly string[];
  readonly gathering: readonly UncheckedGathering[];
  readonly advertised: readonly string[];
  readonly linkDriver: string;
}

export interface UncheckedGathering {
  readonly prefix: string;
  readonly preference: number;
}

export const parsePeer = (peer: UncheckedPeer): Parsed<Peer> => {
  const name = parseHostname(peer.name);
  if (!name.ok) return name;
  const fields = parseFields(peer);
  return fields.ok
    ? parsed({ name: name.value, ...fields.value })
    : malformed(`node "${name.value}": ${fields.reason}`);
};

export const parseGathering = (gathering: UncheckedGathering): Parsed<Gathering> => {
  const prefix = parsePrefix(gathering.prefix);
  if (!prefix.ok) return prefix;
  const { preference } = gathering;
  return Number.isInteger(preference) && preference >= 0 && preference <= 0xffff_ffff
    ? parsed({ prefix: prefix.value, preference })
    : malformed(`gathering ${prefix.value}: preference ${preference} is not 0 to 4294967295`);
};

export const parseGatherings = (
  gatherings: readonly UncheckedGathering[],
): Parsed<readonly Gathering[]> => {
  const values: Gathering[] = [];
  for (const gathering of gatherings) {
    const result = parseGathering(gathering);
    if (!result.ok) return result;
    values.push(result.value);
  }
  return parsed(values);
};

export const parseLinkDriver = (text: string): Parsed<LinkDriver> => {
  const driver = linkDrivers.find((known) => known === text);
  return driver === undefined
    ? malformed(`"${text}" is not a link driver (${linkDrivers.join(', ')}); is a program older?`)
    : parsed(driver);
};

type Fields = Omit<Peer, 'name'>;

const parseFields = (peer: UncheckedPeer): Parsed<Fields> => {
  const asn = asnFrom(peer.asn);
  if (!asn.ok) return asn;
  const wireguardKey = parseWireGuardKey(peer.wireguardKey);
  if (!wireguardKey.ok) return wireguardKey;
  const identityKey = parseIdentityKey(peer.identityKey);
  if (!identityKey.ok) return identityKey;
  const tunnel = parsePair('tunnel', peer.tunnelAddresses);
  if (!tunnel.ok) return tunnel;
  const node = parsePair('node', peer.nodeAddresses);
  if (!node.ok) return node;
  const rest = parseLists(peer);
  if (!rest.ok) return rest;
  return parsed({
    asn: asn.value,
    wireguardKey: wireguardKey.value,
    identityKey: identityKey.value,
    tunnelAddress6: tunnel.value.six,
    tunnelAddress4: tunnel.value.four,
    nodeAddress6: node.value.six,
    nodeAddress4: node.value.four,
    ...rest.value,
  });
};

const parseLists = (
  peer: UncheckedPeer,
): Parsed<Pick<Peer, 'endpoints' | 'gathering' | 'advertised' | 'linkDriver'>> => {
  const endpoints = parseAll(peer.endpoints, parseEndpoint);
  if (!endpoints.ok) return endpoints;
  const gathering = parseGatherings(peer.gathering);
  if (!gathering.ok) return gathering;
  const advertised = parseAll(peer.advertised, parsePrefix);
  if (!advertised.ok) return advertised;
  const linkDriver = parseLinkDriver(peer.linkDriver);
  if (!linkDriver.ok) return linkDriver;
  return parsed({
    endpoints: endpoints.value,
    gathering: gathering.value,
    advertised: advertised.value,
    linkDriver: linkDriver.value,
  });
};

const parsePair = (
  what: string,
  texts: readonly string[],
): Parsed<{ readonly six: Ip; readonly four: Ip }> => {
  const ips = parseAll(texts, parseIp);
  if (!ips.ok) return ips;
  const six = ips.value.filter((ip) => familyOf(ip) === 6);
  const four = ips.value.filter((ip) => familyOf(ip) === 4);
  return six[0] !== undefined && four[0] !== undefined && ips.value.length === 2
    ? parsed({ six: six[0], four: four[0] })
    : malformed(`needs one IPv6 and one IPv4 ${what} address, has [${texts.join(', ')}]`);
};
