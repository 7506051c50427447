// Views, nodes and configurations for tests: small numbers in, well-formed values out.
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { AgentConfig } from '../../client/config.ts';
import type { Facts } from '../../client/desired/facts.ts';
import { firstAsn, type Asn } from '../../shared/address/asn.ts';
import { endpointOf } from '../../shared/address/endpoint.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Ip } from '../../shared/address/ip.ts';
import type { IdentityKey, WireGuardKey } from '../../shared/address/key.ts';
import type { Prefix } from '../../shared/address/prefix.ts';
import { Secret } from '../../shared/log/secret.ts';
import type { Gathering, Peer } from '../../shared/mesh/peer.ts';
import type { View } from '../../shared/mesh/view.ts';
import { signWord } from '../../shared/trust/signed.ts';
import { statementKind } from '../../shared/wire/signed.ts';

export const testPort = 12_385;

/** Node `n` (1 to 65535) with addresses, ASN and keys that follow from the number. */
export const nodeFixture = (n: number, changes: Partial<Peer> = {}): Peer => ({
  name: `node${String(n)}` as Hostname,
  asn: (firstAsn + n) as Asn,
  wireguardKey: digestKey(`wireguard ${String(n)}`) as WireGuardKey,
  identityKey: identityFixture(`identity ${String(n)}`),
  tunnelAddress6: `fd00:6d65:7368::${n.toString(16)}` as Ip,
  tunnelAddress4: `10.192.${String(n >> 8)}.${String(n & 255)}` as Ip,
  nodeAddress6: `fd00:beef:beef::${n.toString(16)}` as Ip,
  nodeAddress4: `10.128.${String(n >> 8)}.${String(n & 255)}` as Ip,
  endpoints: [endpointOf(`2001:db8::${n.toString(16)}` as Ip, testPort)],
  gathering: [],
  advertised: [],
  linkDriver: 'ip6gre',
  signedStatement: undefined,
  succession: undefined,
  ...changes,
});

/** Any 32 bytes are a Curve25519 public key. */
const digestKey = (text: string): string => createHash('sha256').update(text).digest('base64');

const signingKeys = new Map<IdentityKey, KeyObject>();

/** The public half of an Ed25519 key that follows from the text; `spoken` signs with the other half. */
export const identityFixture = (text: string): IdentityKey => {
  const seed = createHash('sha256').update(text).digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const x = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
  const identityKey = Buffer.from(x, 'base64url').toString('base64') as IdentityKey;
  signingKeys.set(identityKey, key);
  return identityKey;
};

export const signingKeyOf = (identityKey: string): KeyObject => {
  const key = signingKeys.get(identityKey as IdentityKey);
  if (key === undefined) throw new Error(`${identityKey} is not of identityFixture`);
  return key;
};

export const registerIdFixture = '0'.repeat(32);

/** With the peer's own word on what it is. */
export const spoken = (peer: Peer, sequence = 1n, registerId = registerIdFixture): Peer => {
  const { name, wireguardKey, tunnelAddress6, tunnelAddress4 } = peer;
  const said = { registerId, name, wireguardKey, tunnelAddress6, tunnelAddress4 };
  const statement = { ...said, exchangeKey: '', sequence };
  return {
    ...peer,
    signedStatement: signWord(statementKind, statement, signingKeyOf(peer.identityKey)),
  };
};

export const viewFixture = (self: Peer, peers: readonly Peer[]): View => ({
  revision: { registerId: registerIdFixture, epoch: 1n, number: 1n },
  self,
  peers,
  tombstones: [],
  settings: {
    tunnelPools: ['10.192.0.0/12' as Prefix, 'fd00:6d65:7368::/48' as Prefix],
    nodePools: ['10.128.0.0/12' as Prefix, 'fd00:beef:beef::/48' as Prefix],
    operatorKeys: [],
  },
});

export const gathers = (prefix: string, preference = 10): Gathering => ({
  prefix: prefix as Prefix,
  preference,
});

export const configFixture = (changes: Partial<AgentConfig> = {}): AgentConfig => ({
  mode: 'run',
  controlServers: ['[::1]:12384'],
  hostname: 'node1' as Hostname,
  stateDir: '/var/lib/meshover',
  token: undefined,
  tokenFile: undefined,
  operatorKeys: [],
  repin: undefined,
  underlay: undefined,
  endpoints: [],
  port: testPort,
  gathering: [],
  advertise: [],
  bgpNeighbours: [],
  frr: 'none',
  frrImage: 'none',
  frrConf: 'conf',
  rtrPort: 12_386,
  linkDriver: 'ip6gre',
  wireguard: 'auto',
  disabled: ['frr'],
  metrics: undefined,
  logLevel: 'info',
  logFormat: 'text',
  dockerSocket: '/var/run/docker.sock',
  bfd: { intervalMs: 200, multiplier: 6 },
  ...changes,
});

/** A host on eth0 that lacks nothing. */
export const factsFixture = (changes: Partial<Facts> = {}): Facts => ({
  underlay: { interface: 'eth0', address: '2001:db8::1' as Ip, mtu: 1500 },
  hostAddresses: [],
  kernelWireGuard: true,
  nftablesFault: undefined,
  routerAdvertisementInterfaces: ['eth0'],
  nextHops: [],
  frrVersion: undefined,
  frrRpki: undefined,
  frrFlooding: [],
  templates: {},
  ...changes,
});

/** RFC 7748, section 6.1: Alice's keys. */
export const wireguardKeyFixture = {
  private: new Secret('dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo='),
  public: 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=' as WireGuardKey,
};
