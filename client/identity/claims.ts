// What only one node can have: nobody is given what belongs to a peer that this node knows.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Peer } from '../../shared/mesh/peer.ts';

export interface ClaimIndex {
  /** A reason when something of `peer` belongs to another node. */
  complaint(peer: Peer): string | undefined;
  /** `peer` is believed now, in place of what was known of its name. */
  replace(before: Peer | undefined, peer: Peer): void;
}

export const claimIndexOf = (self: Peer, peers: readonly Peer[]): ClaimIndex => {
  const owners = new Map<string, Hostname>();
  const add = (peer: Peer): void => {
    for (const claim of claimsOf(peer)) owners.set(claim, peer.name);
  };
  for (const peer of peers) add(peer);
  add(self);
  return {
    complaint: (peer) => {
      for (const claim of [...claimsOf(peer), ...announcedAddresses(peer)]) {
        const owner = owners.get(claim);
        if (owner !== undefined && owner !== peer.name) {
          return `it is given ${claim}, which belongs to ${owner}`;
        }
      }
      return undefined;
    },
    replace: (before, peer) => {
      for (const claim of before === undefined ? [] : claimsOf(before)) owners.delete(claim);
      add(peer);
    },
  };
};

const claimsOf = (peer: Peer): readonly string[] => [
  `AS ${String(peer.asn)}`,
  `WireGuard key ${peer.wireguardKey}`,
  peer.tunnelAddress6,
  peer.tunnelAddress4,
  peer.nodeAddress6,
  peer.nodeAddress4,
];

/** A single address that is announced as a prefix. */
const announcedAddresses = ({ advertised }: Peer): readonly string[] =>
  advertised.flatMap((prefix) => {
    const [address = '', length] = prefix.split('/');
    return length === (address.includes(':') ? '128' : '32') ? [address] : [];
  });
