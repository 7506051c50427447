// Random words of the mesh, all of them well formed.
import fc from 'fast-check';
import { firstAsn, lastAsn, type Asn } from '../../../shared/address/asn.ts';
import { endpointOf, type Endpoint } from '../../../shared/address/endpoint.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { bitsOf, ipFromBigint, type Family, type Ip } from '../../../shared/address/ip.ts';
import type { IdentityKey, OperatorKey, WireGuardKey } from '../../../shared/address/key.ts';
import { prefixOf, type Prefix } from '../../../shared/address/prefix.ts';
import type { JoinRequest } from '../../../shared/mesh/join-request.ts';
import {
  linkDrivers,
  type Gathering,
  type Peer,
  type Tombstone,
} from '../../../shared/mesh/peer.ts';
import type { Signed } from '../../../shared/mesh/trust.ts';
import type { Revision } from '../../../shared/mesh/revision.ts';
import type { NodeStatus } from '../../../shared/mesh/status.ts';
import type { NetworkSettings } from '../../../shared/mesh/view.ts';

const ipOf = (family: Family): fc.Arbitrary<Ip> =>
  fc.bigInt(0n, (1n << BigInt(bitsOf(family))) - 1n).map((value) => ipFromBigint(family, value));
const ip = fc.oneof(ipOf(4), ipOf(6));
const prefix: fc.Arbitrary<Prefix> = fc
  .tuple(ip, fc.nat(32))
  .map(([address, bits]) => prefixOf(address, bits));
const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));
const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/) as fc.Arbitrary<Hostname>;
const asn = fc.integer({ min: firstAsn, max: lastAsn }) as fc.Arbitrary<Asn>;
const uint64 = fc.bigInt(0n, (1n << 64n) - 1n);
const uint32 = fc.nat(0xffff_ffff);
/** Counters that a double holds exactly. */
const counter = fc.nat(Number.MAX_SAFE_INTEGER);
const endpoint: fc.Arbitrary<Endpoint> = fc
  .tuple(ip, fc.integer({ min: 1, max: 65535 }))
  .map(([address, port]) => endpointOf(address, port));
const gathering: fc.Arbitrary<Gathering> = fc.record({
  prefix,
  preference: fc.integer({ min: 1, max: 65535 }),
});

const signed: fc.Arbitrary<Signed | undefined> = fc.option(
  fc
    .uint8Array({ minLength: 1, maxLength: 200 })
    .map((bytes) => Buffer.from(bytes).toString('base64') as Signed),
  { nil: undefined },
);

export const anyPeer: fc.Arbitrary<Peer> = fc.record({
  name,
  asn,
  wireguardKey: key as fc.Arbitrary<WireGuardKey>,
  identityKey: key as fc.Arbitrary<IdentityKey>,
  tunnelAddress6: ipOf(6),
  tunnelAddress4: ipOf(4),
  nodeAddress6: ipOf(6),
  nodeAddress4: ipOf(4),
  endpoints: fc.array(endpoint),
  gathering: fc.array(gathering),
  advertised: fc.array(prefix),
  linkDriver: fc.constantFrom(...linkDrivers),
  signedStatement: signed,
  succession: signed,
});

export const anyTombstone: fc.Arbitrary<Tombstone> = fc.record({
  name,
  asn,
  removedAt: uint64,
  reason: fc.string(),
  signedRemoval: signed,
});

export const anyRevision: fc.Arbitrary<Revision> = fc.record({
  registerId: fc.stringMatching(/^[0-9a-f]{32}$/),
  epoch: uint64,
  number: uint64,
});

export const anySettings: fc.Arbitrary<NetworkSettings> = fc.record({
  tunnelPools: fc.array(prefix),
  nodePools: fc.array(prefix),
  operatorKeys: fc.array(key as fc.Arbitrary<OperatorKey>),
});

export const anyJoinRequest: fc.Arbitrary<JoinRequest> = fc.record({
  name,
  wireguardKey: key as fc.Arbitrary<WireGuardKey>,
  identityKey: key as fc.Arbitrary<IdentityKey>,
  endpoints: fc.array(endpoint),
  gathering: fc.array(gathering),
  advertise: fc.array(prefix),
  linkDriver: fc.constantFrom(...linkDrivers),
  token: fc.string(),
  signedStatement: signed,
  succession: signed,
});

export const anyStatus: fc.Arbitrary<NodeStatus> = fc.record({
  desired: fc.option(anyRevision, { nil: undefined }),
  applied: fc.option(anyRevision, { nil: undefined }),
  failedSteps: uint32,
  failure: fc.string(),
  frrBackend: fc.string(),
  frrVersion: fc.string(),
  programVersion: fc.string(),
  links: fc.array(
    fc.record({
      peer: name,
      interface: fc.string(),
      lastHandshakeSeconds: counter,
      receivedBytes: counter,
      sentBytes: counter,
      bgpState: fc.string(),
      bgpUptimeSeconds: counter,
      bfdState: fc.string(),
      prefixes: uint32,
      refusedPrefixes: uint32,
      violations: fc.array(fc.record({ prefix, path: fc.string({ maxLength: 200 }) }), {
        maxLength: 10,
      }),
    }),
  ),
});
