// A node of the register from its row, checked as if a stranger had written it.
import { asnFrom } from '../../shared/address/asn.ts';
import { parseEndpoint } from '../../shared/address/endpoint.ts';
import { parseHostname } from '../../shared/address/hostname.ts';
import { familyOf, parseIp, type Family, type Ip } from '../../shared/address/ip.ts';
import { parseIdentityKey, parseWireGuardKey } from '../../shared/address/key.ts';
import { parsePrefix } from '../../shared/address/prefix.ts';
import { linkDrivers, type Gathering, type LinkDriver } from '../../shared/mesh/peer.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import {
  allParsed,
  malformed,
  parseAll,
  parsed,
  type Parsed,
} from '../../shared/outcome/parsed.ts';
import { announcedFrom } from './grant.ts';
import type { Grants, Wishes } from './record.ts';
import type { RegisteredNode } from './register.ts';
import type { Row } from './row.ts';
import { nodeShape, parseRow, type Shaped } from './row-shape.ts';

export const nodeFrom = (row: Row): Parsed<RegisteredNode> => {
  const fields = parseRow(row.value, nodeShape);
  if (!fields.ok) return fields;
  const node = fields.value;
  const wishes = wishesFrom(node.asked);
  const authorised = grantsFrom(node.authorised);
  if (!wishes.ok) return wishes;
  if (!authorised.ok) return authorised;
  const announced = announcedFrom(wishes.value, authorised.value);
  return allParsed<RegisteredNode>({
    name: parseHostname(node.name),
    asn: asnFrom(node.asn),
    wireguardKey: parseWireGuardKey(node.wireguardKey),
    identityKey: parseIdentityKey(node.identityKey),
    tunnelAddress6: parseIpOf(6, node.tunnelAddress6),
    tunnelAddress4: parseIpOf(4, node.tunnelAddress4),
    nodeAddress6: parseIpOf(6, node.nodeAddress6),
    nodeAddress4: parseIpOf(4, node.nodeAddress4),
    endpoints: parseAll(node.endpoints, parseEndpoint),
    gathering: parsed(announced.gathering),
    advertised: parsed(announced.advertised),
    linkDriver: linkDriverFrom(node.linkDriver),
    changedAt: parsed(BigInt(node.changedAt)),
    asked: wishes,
    authorised,
    signedStatement: parsed(node.signedStatement as Signed | undefined),
    succession: parsed(node.succession as Signed | undefined),
    certificate: parsed(node.certificate as Signed | undefined),
    tags: parsed(node.tags),
  });
};

const wishesFrom = (row: Shaped<typeof nodeShape>['asked']): Parsed<Wishes> =>
  allParsed<Wishes>({
    advertise: parseAll(row.advertise, parsePrefix),
    gathering: parseAll(row.gathering, gatheringFrom),
  });

export const grantsFrom = (row: Shaped<typeof nodeShape>['authorised']): Parsed<Grants> =>
  allParsed<Grants>({
    advertise: parseAll(row.advertise, parsePrefix),
    gathering: parseAll(row.gathering, parsePrefix),
  });

const parseIpOf = (family: Family, text: string): Parsed<Ip> => {
  const ip = parseIp(text);
  return !ip.ok || familyOf(ip.value) === family
    ? ip
    : malformed(`${ip.value} stands where an IPv${family} address belongs`);
};

const gatheringFrom = (
  row: Shaped<typeof nodeShape>['asked']['gathering'][number],
): Parsed<Gathering> => {
  const prefix = parsePrefix(row.prefix);
  if (!prefix.ok) return prefix;
  const { preference } = row;
  return Number.isInteger(preference) && preference >= 1 && preference <= 65_535
    ? parsed({ prefix: prefix.value, preference })
    : malformed(`preference ${preference} is not 1 to 65535`);
};

const linkDriverFrom = (text: string): Parsed<LinkDriver> => {
  const driver = linkDrivers.find((known) => known === text);
  return driver === undefined ? malformed(`"${text}" is not a link driver`) : parsed(driver);
};
