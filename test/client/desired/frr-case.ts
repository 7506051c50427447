// Networks that FRR's tests describe: self and some peers, with links to them.
import { readFileSync } from 'node:fs';
import { firstAsn, type Asn } from '../../../shared/address/asn.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { ipFromBigint, ipToBigint, type Ip } from '../../../shared/address/ip.ts';
import type { IdentityKey, WireGuardKey } from '../../../shared/address/key.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';
import type { Peer } from '../../../shared/mesh/peer.ts';
import type { AgentConfig } from '../../../client/config.ts';
import type { Link } from '../../../client/desired/desired.ts';
import type { Facts } from '../../../client/desired/facts.ts';
import { frrFileNames, type FrrInput } from '../../../client/desired/frr.ts';
import { linkName } from '../../../client/desired/names.ts';

export const shippedTemplates: Facts['templates'] = Object.fromEntries(
  frrFileNames.map((name) => [
    name,
    readFileSync(new URL(`../../../conf/${name}`, import.meta.url), 'utf8'),
  ]),
);

const nth = (first: string, n: number): Ip =>
  ipFromBigint(first.includes(':') ? 6 : 4, ipToBigint(first as Ip) + BigInt(n));

export const peerOf = (n: number, advertised: readonly string[] = []): Peer => ({
  name: `node${n}` as Hostname,
  asn: (firstAsn + n) as Asn,
  wireguardKey: 'wireguard' as WireGuardKey,
  identityKey: 'identity' as IdentityKey,
  tunnelAddress6: nth('fd00:6d65:7368::', n),
  tunnelAddress4: nth('10.192.0.0', n),
  nodeAddress6: nth('fd00:beef:beef::', n),
  nodeAddress4: nth('10.128.0.0', n),
  endpoints: [],
  gathering: [],
  advertised: advertised as readonly Prefix[],
  linkDriver: 'ip6gre',
  signedStatement: undefined,
  succession: undefined,
});

export interface FrrCase {
  readonly self?: Peer;
  readonly peers: readonly Peer[];
  readonly version?: string;
  /** The image has the module. */
  readonly rpki?: boolean;
  readonly rtrPort?: number;
  /** Interfaces of peers that are shut. */
  readonly flooding?: readonly string[];
  readonly disabled?: AgentConfig['disabled'];
  readonly templates?: Facts['templates'];
  readonly frr?: 'docker' | 'none';
  readonly bfd?: AgentConfig['bfd'];
}

const defaultBfd: AgentConfig['bfd'] = { intervalMs: 200, multiplier: 6 };

const configOf = ({ frr = 'docker', bfd = defaultBfd, ...given }: FrrCase): AgentConfig =>
  ({
    frr,
    bfd,
    rtrPort: given.rtrPort ?? 12_386,
    frrImage: 'quay.io/frrouting/frr:10.3.0',
    disabled: given.disabled ?? [],
  }) as unknown as AgentConfig;

export const frrInputFor = (given: FrrCase): FrrInput => ({
  view: {
    revision: { registerId: '0'.repeat(32), epoch: 1n, number: 1n },
    self: given.self ?? peerOf(1),
    peers: given.peers,
    tombstones: [],
    settings: {
      tunnelPools: ['fd00:6d65:7368::/48', '10.192.0.0/12'] as Prefix[],
      nodePools: ['fd00:beef:beef::/48', '10.128.0.0/12'] as Prefix[],
      operatorKeys: [],
    },
  },
  config: configOf(given),
  facts: {
    frrVersion: given.version,
    frrRpki: given.rpki,
    frrFlooding: given.flooding ?? [],
    templates: given.templates ?? shippedTemplates,
  } as unknown as Facts,
  links: given.peers.map((peer): Link => ({
    kind: 'ip6gre',
    name: linkName(peer.name),
    mtu: 1376,
    peer: peer.name,
    local: peerOf(1).tunnelAddress6,
    remote: peer.tunnelAddress6,
    vxlan: undefined,
  })),
});
