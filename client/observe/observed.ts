// What exists on the host: the kernel's own words, read but not judged.
import type { InterfaceAddress, Route, Rule, Sysctl } from '../desired/desired.ts';
import type { Endpoint } from '../../shared/address/endpoint.ts';
import type { Ip } from '../../shared/address/ip.ts';
import type { WireGuardKey } from '../../shared/address/key.ts';
import type { Prefix } from '../../shared/address/prefix.ts';

export interface Observed {
  /** Every interface of the host, ours and others'. */
  readonly links: readonly ObservedLink[];
  readonly addresses: readonly ObservedAddress[];
  /** Undefined when the interface does not exist or is no WireGuard. */
  readonly wireguard: ObservedWireGuard | undefined;
  readonly rules: readonly ObservedRule[];
  /** The main table, and the routes of our protocol in every table. */
  readonly routes: readonly ObservedRoute[];
  /** Those that are ours to set, as far as they exist. */
  readonly sysctls: readonly Sysctl[];
  /** What sysctls were before we set them. */
  readonly savedSysctls: readonly SavedSysctl[];
  readonly firewall: ObservedFirewall;
  /** Of other programs: what would drop transit. */
  readonly forwardDrops: readonly ForwardDrop[];
  /** Endpoints as last told to WireGuard, so that a roamed one is told from a changed one. */
  readonly appliedEndpoints: readonly AppliedEndpoint[];
}

export interface ObservedLink {
  readonly name: string;
  /** The kernel's word: "ip6gre", "wireguard", "tun"; empty for physical interfaces. */
  readonly kind: string;
  readonly loopback: boolean;
  readonly up: boolean;
  readonly mtu: number;
  readonly group: number;
  readonly alias: string;
  /** How IPv6 link-local addresses come to be: "none", "eui64", … */
  readonly addressGeneration: string;
  readonly tunnel: ObservedTunnel;
}

/** Undefined where the kind has no such thing. */
export interface ObservedTunnel {
  readonly local: string | undefined;
  readonly remote: string | undefined;
  readonly ttl: number | undefined;
  /** ip6gre: no encapsulation limit option in the outer header. */
  readonly ignoresEncapsulationLimit: boolean;
  readonly vni: number | undefined;
  readonly port: number | undefined;
}

export interface ObservedAddress extends InterfaceAddress {
  readonly scope: 'global' | 'other';
  readonly temporary: boolean;
  readonly deprecated: boolean;
  /** Learnt from the network, with a lifetime. */
  readonly dynamic: boolean;
  /** IPv4: it goes when the first address of its subnet goes. */
  readonly secondary: boolean;
}

export interface ObservedWireGuard {
  readonly interface: string;
  readonly publicKey: WireGuardKey | undefined;
  readonly listenPort: number;
  readonly fwmark: number;
  readonly peers: readonly ObservedPeer[];
}

export interface ObservedPeer {
  readonly publicKey: WireGuardKey;
  readonly endpoint: Endpoint | undefined;
  readonly allowedIps: readonly Prefix[];
  readonly keepaliveSeconds: number;
  /** Unix seconds; 0 = never. */
  readonly lastHandshakeSeconds: number;
  /** At the time of observation; undefined = never. */
  readonly handshakeAgeSeconds: number | undefined;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

export interface ObservedRule extends Rule {
  readonly protocol: number;
  /** It has a condition or action that our words lack, so it equals none of ours. */
  readonly foreign: boolean;
}

export interface ObservedRoute extends Route {
  readonly protocol: number;
  readonly metric: number;
  readonly via: Ip | undefined;
  /** It can carry packets now. */
  readonly live: boolean;
}

export interface SavedSysctl {
  readonly key: string;
  readonly prior: string;
  readonly applied: string;
}

export interface ObservedFirewall {
  /** Fingerprint of our table in the words of this host's nft; undefined when it is not there. */
  readonly table: string | undefined;
  /** Why nftables cannot be used here; undefined = it can. */
  readonly fault: string | undefined;
  /** What was applied last, and the fingerprint of the table right after it. */
  readonly applied: AppliedFirewall | undefined;
}

/** A policy that drops what is forwarded, where no rule lets our links through. */
export interface ForwardDrop {
  readonly tool: 'nft' | 'iptables' | 'ip6tables' | 'iptables-legacy' | 'ip6tables-legacy';
  /** Where a rule for our links belongs: "inet filter forward" for nft, else a chain's name. */
  readonly chain: string;
}

export interface AppliedFirewall {
  /** Fingerprint of the text given to nft. */
  readonly text: string;
  readonly table: string;
}

export interface AppliedEndpoint {
  readonly publicKey: WireGuardKey;
  readonly endpoint: Endpoint;
}

export interface ObservedFrr {
  /** Undefined when there is no container of ours. */
  readonly container:
    { readonly running: boolean; readonly imageId: string; readonly spec: string } | undefined;
  /** Id of the wanted image; undefined when it is not on this host. */
  readonly imageId: string | undefined;
  /** The engine's complaint with its remedy, when it could not be asked. */
  readonly fault: string | undefined;
  /** Daemons that do not answer on their sockets. */
  readonly silent: readonly string[];
  /** frr.conf on disk: the last good one. */
  readonly file: string | undefined;
  /** Fingerprint of what the daemons run now; undefined while any is silent. */
  readonly running: string | undefined;
  /** Fingerprints of the file and of what ran after it was last applied. */
  readonly applied: { readonly file: string; readonly running: string } | undefined;
  readonly version: string | undefined;
  /** bgpd has loaded its rpki module; undefined when it never ran. */
  readonly rpki: boolean | undefined;
}
