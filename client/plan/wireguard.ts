// The WireGuard row: key, port and mark of the device, and its peers; roamed endpoints are left alone.
import type { WireGuardDevice, WireGuardPeer } from '../desired/desired.ts';
import type { AppliedEndpoint, Observed, ObservedPeer } from '../observe/observed.ts';
import { makeStep } from './make-step.ts';
import type { WireGuardPeerStep, WireGuardStep } from './step.ts';

export interface WireGuardPlan {
  readonly device: readonly WireGuardStep[];
  readonly setting: readonly WireGuardPeerStep[];
  readonly removing: readonly WireGuardPeerStep[];
}

/** Without a handshake for this long (WireGuard's REJECT_AFTER_TIME) an endpoint proves nothing. */
const handshakeExpirySeconds = 180;

export const planWireGuard = (
  desired: WireGuardDevice | undefined,
  observed: Pick<Observed, 'wireguard' | 'appliedEndpoints'>,
): WireGuardPlan => {
  if (desired === undefined) return { device: [], setting: [], removing: [] };
  const device = planDevice(desired, observed.wireguard);
  const needs = device.map(({ id }) => id);
  const known = new Map(observed.wireguard?.peers.map((peer) => [peer.publicKey, peer]));
  const applied = new Map(observed.appliedEndpoints.map((entry) => [entry.publicKey, entry]));
  const wanted = new Set(desired.peers.map(({ publicKey }) => publicKey));
  return {
    device,
    setting: desired.peers.flatMap((peer) =>
      setPeer(peer, {
        name: desired.interface,
        known: known.get(peer.publicKey),
        applied: applied.get(peer.publicKey),
        needs,
      }),
    ),
    removing: [...known.values()]
      .filter(({ publicKey }) => !wanted.has(publicKey))
      .map((peer) => removePeer(peer, desired.interface)),
  };
};

const planDevice = (
  desired: WireGuardDevice,
  observed: Observed['wireguard'],
): readonly WireGuardStep[] => {
  const reason = deviceReason(desired, observed);
  if (reason === undefined) return [];
  const { interface: name, privateKey, publicKey, listenPort, fwmark } = desired;
  return [
    makeStep<WireGuardStep>({
      resource: 'wireguard',
      verb: observed === undefined ? 'add' : 'change',
      key: name,
      old: undefined,
      new: { interface: name, privateKey, publicKey, listenPort, fwmark },
      reason,
    }),
  ];
};

const deviceReason = (
  desired: WireGuardDevice,
  observed: Observed['wireguard'],
): string | undefined => {
  if (observed === undefined) return 'the device has no key, port and mark yet';
  if (observed.publicKey !== desired.publicKey) return 'its key is not ours';
  if (observed.listenPort !== desired.listenPort) {
    return `port is ${String(observed.listenPort)}, wanted ${String(desired.listenPort)}`;
  }
  return observed.fwmark === desired.fwmark ? undefined : 'its packets do not carry our mark';
};

interface KnownPeer {
  readonly name: string;
  readonly known: ObservedPeer | undefined;
  readonly applied: AppliedEndpoint | undefined;
  readonly needs: readonly string[];
}

const setPeer = (peer: WireGuardPeer, about: KnownPeer): readonly WireGuardPeerStep[] => {
  const reason = peerReason(peer, about);
  if (reason === undefined) return [];
  // A roamed endpoint stays when only something else of the peer changes.
  const keepsEndpoint = about.known !== undefined && endpointReason(peer, about) === undefined;
  return [
    makeStep<WireGuardPeerStep>({
      resource: 'wireguard-peer',
      verb: about.known === undefined ? 'add' : 'change',
      key: peer.publicKey,
      old: undefined,
      new: {
        ...peer,
        endpoint: keepsEndpoint ? undefined : peer.endpoint,
        interface: about.name,
      },
      reason,
      needs: about.needs,
    }),
  ];
};

const peerReason = (peer: WireGuardPeer, about: KnownPeer): string | undefined => {
  const { known } = about;
  if (known === undefined) return 'the device does not know this peer';
  if (!sameMembers(known.allowedIps, peer.allowedIps)) return 'its allowed addresses differ';
  if (known.keepaliveSeconds !== peer.keepaliveSeconds) return 'its keepalive differs';
  return endpointReason(peer, about);
};

const endpointReason = (
  { endpoint }: WireGuardPeer,
  { known, applied }: KnownPeer,
): string | undefined => {
  if (endpoint === undefined || known?.endpoint === endpoint) return undefined;
  if (known?.endpoint === undefined) return `it has no endpoint, wanted ${endpoint}`;
  if (applied?.endpoint !== endpoint) return `its endpoint is now ${endpoint}`;
  const age = known.handshakeAgeSeconds;
  return age === undefined || age > handshakeExpirySeconds
    ? `no handshake at ${known.endpoint}, wanted ${endpoint}`
    : undefined;
};

const removePeer = (peer: ObservedPeer, name: string): WireGuardPeerStep =>
  makeStep<WireGuardPeerStep>({
    resource: 'wireguard-peer',
    verb: 'remove',
    key: peer.publicKey,
    old: { ...peer, interface: name },
    new: undefined,
    reason: 'no node of the mesh has this key',
  });

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((member) => b.includes(member));
