// The invariant of every write: no two nodes share an address, an ASN or a key.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import { lookUp, withEntry, withoutEntry, type PersistentMap } from './persistent-map.ts';

type Claims = PersistentMap<Hostname>;

export const asnClaim = (asn: number): string => `asn ${asn}`;
export const identityClaim = (key: string): string => `identity key ${key}`;
export const wireguardClaim = (key: string): string => `WireGuard key ${key}`;
export const addressClaim = (ip: string): string => `address ${ip}`;

export const claimsOf = (peer: Peer): readonly string[] => [
  asnClaim(peer.asn),
  identityClaim(peer.identityKey),
  wireguardClaim(peer.wireguardKey),
  addressClaim(peer.tunnelAddress6),
  addressClaim(peer.tunnelAddress4),
  addressClaim(peer.nodeAddress6),
  addressClaim(peer.nodeAddress4),
];

/** Thrown where a write would break the invariant: a defect of this program, never of a request. */
class ClaimConflict extends Error {
  readonly code = 'claim-conflict';

  constructor(name: Hostname, conflict: Conflict) {
    super(
      `${conflict.claim} of node "${name}" belongs to node "${conflict.holder}" already; ` +
        'the change was not made, the register is as it was; please report this as a defect',
    );
    this.name = 'ClaimConflict';
  }
}

interface Conflict {
  readonly claim: string;
  readonly holder: Hostname;
}

/** The first thing of `peer` that another node holds. */
export const conflictOf = (claims: Claims, peer: Peer): Conflict | undefined => {
  for (const claim of claimsOf(peer)) {
    const holder = lookUp(claims, claim);
    if (holder !== undefined && holder !== peer.name) return { claim, holder };
  }
  return undefined;
};

export const withClaims = (claims: Claims, peer: Peer): Claims => {
  const conflict = conflictOf(claims, peer);
  if (conflict !== undefined) throw new ClaimConflict(peer.name, conflict);
  return claimsOf(peer).reduce((all, claim) => withEntry(all, claim, peer.name), claims);
};

export const withoutClaims = (claims: Claims, peer: Peer): Claims =>
  claimsOf(peer).reduce((all, claim) => withoutEntry(all, claim), claims);
