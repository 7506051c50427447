// What the wire must not bring in.
import { describe, expect, it } from 'vitest';
import { JoinRequest } from '../../../proto/gen/meshover/v1/joining.ts';
import { LinkDriver, Refusal, type Peer } from '../../../proto/gen/meshover/v1/mesh.ts';
import { NodeStatus } from '../../../proto/gen/meshover/v1/status.ts';
import { joinRequestFromWire } from '../../../shared/wire/join-request.ts';
import { nodeStatusFromWire } from '../../../shared/wire/node-status.ts';
import {
  peerFromWire,
  peersFromWire,
  peerToWire,
  tombstoneFromWire,
  tombstoneToWire,
} from '../../../shared/wire/peer.ts';
import { refusalFromWire } from '../../../shared/wire/refusal.ts';
import { revisionFromWire } from '../../../shared/wire/revision.ts';
import { settingsFromWire } from '../../../shared/wire/settings.ts';
import type { Parsed } from '../../../shared/outcome/parsed.ts';
import { join, registerWith } from '../../server/register/requests.ts';

const good = peerToWire(join(registerWith(), 'n1').node, 1n);
const reasonOf = (result: Parsed<unknown>): string => (result.ok ? 'accepted' : result.reason);

describe('a peer is refused for', () => {
  it.each<[string, Partial<Peer>, string]>([
    ['an upper-case name', { name: 'N1' }, 'upper-case'],
    ['no name', { name: '' }, 'is not a hostname'],
    ['a public ASN', { asn: 65000 }, 'not a private 4-byte ASN'],
    ['a short key', { wireguardKey: Buffer.alloc(31) }, 'WireGuard public key'],
    ['a long key', { identityKey: Buffer.alloc(33) }, 'identity key'],
    ['no key', { identityKey: Buffer.alloc(0) }, 'identity key'],
    ['no IPv4 tunnel address', { tunnelAddresses: ['fd00::1'] }, 'an IPv4 address is missing'],
    ['no node address', { nodeAddresses: [] }, 'an IPv6 address is missing'],
    ['a bad address', { nodeAddresses: ['fd00::x', '10.0.0.1'] }, 'not an IP address'],
    ['a bad endpoint', { endpoints: ['192.0.2.1'] }, 'not an endpoint'],
    ['a bad range', { gathering: [{ prefix: '10.0.0.1/8', preference: 1 }] }, 'host bits'],
    [
      'a bad preference',
      { gathering: [{ prefix: '10.0.0.0/8', preference: 65536 }] },
      'over 65535',
    ],
    ['a bad prefix', { advertised: ['10.0.0.0'] }, 'not a prefix'],
    ['a driver of the future', { linkDriver: LinkDriver.UNRECOGNIZED }, 'upgrade this program'],
  ])('%s', (_, changes, why) => {
    expect(reasonOf(peerFromWire({ ...good, ...changes }))).toContain(why);
  });

  it('whatever it is, by name', () => {
    expect(reasonOf(peerFromWire({ ...good, asn: 1 }))).toMatch(/^peer n1: /);
  });
});

it('a bad peer does not hide the good ones', () => {
  const other = { ...good, name: 'n2' };
  const { peers, complaints } = peersFromWire([good, { ...good, asn: 0 }, other]);
  expect(peers.map(({ name }) => name)).toEqual(['n1', 'n2']);
  expect(complaints).toEqual([expect.stringMatching(/^peer n1: 0 is not a private/)]);
});

it('no driver means the default, no preference too', () => {
  const peer = {
    ...good,
    linkDriver: LinkDriver.LINK_DRIVER_UNSPECIFIED,
    gathering: [{ prefix: '10.0.0.0/8', preference: 0 }],
  };
  expect(peerFromWire(peer)).toMatchObject({
    value: { linkDriver: 'ip6gre', gathering: [{ preference: 10 }] },
  });
});

it('a tombstone with a bad name or ASN', () => {
  const wire = tombstoneToWire({ name: 'n1', asn: 1, removedAt: 1n, reason: '' } as never);
  expect(reasonOf(tombstoneFromWire(wire))).toMatch(/^tombstone n1: 1 is not a private/);
  expect(reasonOf(tombstoneFromWire({ ...wire, name: '-' }))).toContain('is not a hostname');
});

it.each(['', 'f'.repeat(31), 'f'.repeat(33), 'F'.repeat(32), 'g'.repeat(32)])(
  'a revision of register %j',
  (registerId) => {
    const result = revisionFromWire({ registerId, epoch: 1n, number: 1n });
    expect(reasonOf(result)).toContain('32 lower-case hexadecimal digits');
  },
);

it('what is missing', () => {
  expect(reasonOf(revisionFromWire(undefined))).toBe('a revision is missing');
  expect(reasonOf(settingsFromWire(undefined))).toBe('the network settings are missing');
});

it('settings with a bad pool', () => {
  expect(
    reasonOf(settingsFromWire({ tunnelPools: ['x'], nodePools: [], operatorKeys: [] })),
  ).toContain('"x"');
  expect(
    reasonOf(settingsFromWire({ tunnelPools: [], nodePools: ['y'], operatorKeys: [] })),
  ).toContain('"y"');
});

it('an empty join request, without an exception', () => {
  expect(reasonOf(joinRequestFromWire(JoinRequest.fromPartial({})))).toMatch(
    /^join request: "" is not a hostname/,
  );
});

it('a status with a bad link or revision', () => {
  const bad = { registerId: 'x', epoch: 1n, number: 1n };
  for (const status of [{ links: [{ peer: 'N' }] }, { desired: bad }, { applied: bad }]) {
    expect(nodeStatusFromWire(NodeStatus.fromPartial(status)).ok).toBe(false);
  }
});

it('a refusal of a newer controller, or garbage', () => {
  const newer = Refusal.encode({ code: 'quota-spent', detail: '' }).finish();
  expect(refusalFromWire(newer)).toBeUndefined();
  expect(refusalFromWire(Buffer.from([0xff, 0xff, 0xff]))).toBeUndefined();
});
