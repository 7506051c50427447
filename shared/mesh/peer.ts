// What the mesh knows of one node.
import type { Asn } from '../address/asn.ts';
import type { Endpoint } from '../address/endpoint.ts';
import type { Hostname } from '../address/hostname.ts';
import type { Ip } from '../address/ip.ts';
import type { IdentityKey, WireGuardKey } from '../address/key.ts';
import type { Prefix } from '../address/prefix.ts';
import type { Signed } from './trust.ts';

/** Encapsulations of a link; a pair uses the one that comes later in this list. */
export const linkDrivers = ['ip6gre', 'gre', 'vxlan'] as const;
export type LinkDriver = (typeof linkDrivers)[number];

/** A source range sent to the node that gathers it. */
export interface Gathering {
  readonly prefix: Prefix;
  /** Lower is preferred; ties are broken by node name. */
  readonly preference: number;
}

export const defaultPreference = 10;

export interface Peer {
  readonly name: Hostname;
  readonly asn: Asn;
  readonly wireguardKey: WireGuardKey;
  readonly identityKey: IdentityKey;
  /** On the WireGuard interface; never announced by BGP. */
  readonly tunnelAddress6: Ip;
  readonly tunnelAddress4: Ip;
  /** On the dummy interface: what people and programs use. */
  readonly nodeAddress6: Ip;
  readonly nodeAddress4: Ip;
  /** Where WireGuard packets are sent, best first. */
  readonly endpoints: readonly Endpoint[];
  readonly gathering: readonly Gathering[];
  /** Authorised prefixes behind the node. */
  readonly advertised: readonly Prefix[];
  readonly linkDriver: LinkDriver;
  /** The node's own word (Statement), by its identity key; undefined until it has given it. */
  readonly signedStatement: Signed | undefined;
  /** Why the identity key may be another than before (Succession). */
  readonly succession: Signed | undefined;
}

/** The word that a node is gone; absence alone removes nothing. */
export interface Tombstone {
  readonly name: Hostname;
  readonly asn: Asn;
  readonly removedAt: bigint;
  readonly reason: string;
  /** By the register's key (Removal); undefined in tombstones from before it signed. */
  readonly signedRemoval: Signed | undefined;
}
