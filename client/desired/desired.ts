// Everything that must exist on this host for the mesh, and nothing else: in the kernel, and FRR.
import type { Endpoint } from '../../shared/address/endpoint.ts';
import type { Family, Ip } from '../../shared/address/ip.ts';
import type { WireGuardKey } from '../../shared/address/key.ts';
import type { Prefix } from '../../shared/address/prefix.ts';
import type { LinkDriver } from '../../shared/mesh/peer.ts';
import type { Secret } from '../../shared/log/secret.ts';

export interface Desired {
  readonly sysctls: readonly Sysctl[];
  readonly links: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
  readonly wireguard: WireGuardDevice | undefined;
  readonly rules: readonly Rule[];
  readonly routes: readonly Route[];
  /** Undefined where there must be none. */
  readonly firewall: Firewall | undefined;
}

/** A file below /proc/sys; `key` uses slashes: "net/ipv6/conf/all/forwarding". */
export interface Sysctl {
  readonly key: string;
  readonly value: string;
}

/** A kernel interface of ours. All are in our link group. */
export type Link = DummyLink | WireGuardLink | TunnelLink;

interface LinkCommon {
  /** At most 15 characters (IFNAMSIZ). */
  readonly name: string;
  /** Bytes. */
  readonly mtu: number;
}

export interface DummyLink extends LinkCommon {
  readonly kind: 'dummy';
}

export interface WireGuardLink extends LinkCommon {
  readonly kind: 'wireguard';
  /** The kernel's module, or a wireguard-go process of ours. */
  readonly implementation: 'kernel' | 'userspace';
}

/** The link to one peer. */
export interface TunnelLink extends LinkCommon {
  readonly kind: LinkDriver;
  /** Name of the peer, kept as the interface's alias so that people see who it is. */
  readonly peer: string;
  /** Outer addresses: tunnel addresses of both ends. */
  readonly local: Ip;
  readonly remote: Ip;
  /** vxlan only: network identifier (24 bits) and UDP port, agreed by both ends. */
  readonly vxlan: { readonly vni: number; readonly port: number } | undefined;
}

/** `address` with its prefix length on an interface; host bits may be set: "fe80::1/64". */
export interface InterfaceAddress {
  readonly interface: string;
  readonly address: Ip;
  readonly length: number;
}

export interface WireGuardDevice {
  readonly interface: string;
  readonly privateKey: Secret;
  readonly publicKey: WireGuardKey;
  readonly listenPort: number;
  /** Mark of the encrypted packets, so that policy routing can spare them. */
  readonly fwmark: number;
  readonly peers: readonly WireGuardPeer[];
}

export interface WireGuardPeer {
  readonly publicKey: WireGuardKey;
  /** Undefined: the peer calls us. */
  readonly endpoint: Endpoint | undefined;
  readonly allowedIps: readonly Prefix[];
  readonly keepaliveSeconds: number;
}

/** One policy rule (ip-rule(8)); priority, family, selector and action together are its identity. */
export interface Rule {
  readonly family: Family;
  readonly priority: number;
  /** Undefined = from all. */
  readonly from: Prefix | undefined;
  readonly fwmark: number | undefined;
  readonly action:
    | { readonly kind: 'lookup'; readonly table: number; readonly suppressPrefixLength?: number }
    | { readonly kind: 'goto'; readonly priority: number }
    | { readonly kind: 'nop' };
}

export interface Route {
  readonly family: Family;
  readonly table: number;
  readonly to: Prefix;
  readonly interface: string;
  /** Next hop; an IPv4 route may have an IPv6 next hop (RFC 5549). Undefined = on link. */
  readonly via: Ip | undefined;
}

/** Our one nftables table, whole. */
export interface Firewall {
  /** As nft(8) reads it; byte-stable. */
  readonly text: string;
}

/** FRR as files of a stable directory and a container (or service) that runs on them; it needs the links of the above. */
export interface Frr {
  /** Rendered and byte-stable; or why rendering failed (the last good one then stays). */
  readonly configuration:
    | { readonly ok: true; readonly files: readonly ConfigurationFile[] }
    | { readonly ok: false; readonly reason: string };
  /** Image reference for the docker backend. */
  readonly image: string;
  /** Interfaces with a BGP neighbour: a neighbour leaves FRR before its link leaves the kernel. */
  readonly neighbours: readonly string[];
}

export interface ConfigurationFile {
  /** "frr.conf", "daemons" or "vtysh.conf". */
  readonly name: string;
  readonly text: string;
}
