// Which endpoints WireGuard is told, and which roamed ones are left alone.
import { describe, expect, it } from 'vitest';
import type { WireGuardDevice } from '../../../client/desired/desired.ts';
import type { ObservedPeer } from '../../../client/observe/observed.ts';
import { planWireGuard } from '../../../client/plan/wireguard.ts';
import type { Endpoint } from '../../../shared/address/endpoint.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';
import { nodeFixture, wireguardKeyFixture } from '../../fake/view.ts';

const [wanted, roamed, older] = ['[2001:db8::2]:1', '[2001:db8::99]:7', '[2001:db8::2]:9'] as [
  Endpoint,
  Endpoint,
  Endpoint,
];
const { wireguardKey: publicKey } = nodeFixture(2);
const allowedIps = ['10.192.0.2/32' as Prefix];

const device: WireGuardDevice = {
  interface: 'mo-wg',
  privateKey: wireguardKeyFixture.private,
  publicKey: wireguardKeyFixture.public,
  listenPort: 1,
  fwmark: 2,
  peers: [{ publicKey, endpoint: wanted, allowedIps, keepaliveSeconds: 25 }],
};

const planWith = (peer: Partial<ObservedPeer>, applied: Endpoint | undefined = wanted) =>
  planWireGuard(device, {
    appliedEndpoints: [{ publicKey, endpoint: applied }],
    wireguard: {
      interface: 'mo-wg',
      publicKey: wireguardKeyFixture.public,
      listenPort: 1,
      fwmark: 2,
      peers: [
        {
          publicKey,
          endpoint: wanted,
          allowedIps,
          keepaliveSeconds: 25,
          lastHandshakeSeconds: 1,
          handshakeAgeSeconds: 10,
          receivedBytes: 0,
          sentBytes: 0,
          ...peer,
        },
      ],
    },
  }).setting.map((step) => step.new?.endpoint);

describe('an endpoint', () => {
  it('that is right is not told again', () => {
    expect(planWith({})).toEqual([]);
  });

  it('that roamed, with a handshake of three minutes or less, is left alone', () => {
    expect(planWith({ endpoint: roamed })).toEqual([]);
    expect(planWith({ endpoint: roamed, handshakeAgeSeconds: 180 })).toEqual([]);
  });

  it('that roamed is told again when its handshake is old or never was', () => {
    expect(planWith({ endpoint: roamed, handshakeAgeSeconds: 181 })).toEqual([wanted]);
    expect(planWith({ endpoint: roamed, handshakeAgeSeconds: undefined })).toEqual([wanted]);
  });

  it('that the node itself changed is told at once, be the handshake ever so young', () => {
    expect(planWith({ endpoint: older }, older)).toEqual([wanted]);
  });

  it('that WireGuard lacks is told', () => {
    expect(planWith({ endpoint: undefined })).toEqual([wanted]);
  });

  it('that roamed stays when only something else of the peer changes', () => {
    expect(planWith({ endpoint: roamed, keepaliveSeconds: 0 })).toEqual([undefined]);
  });

  it('unknown to us leaves what WireGuard has', () => {
    const [peer] = device.peers;
    const calling = {
      ...device,
      peers: peer === undefined ? [] : [{ ...peer, endpoint: undefined }],
    };
    const observed = { appliedEndpoints: [], wireguard: undefined };
    expect(planWireGuard(calling, observed).setting).toHaveLength(1);
  });
});
