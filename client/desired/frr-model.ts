// What the FRR templates may print: complete, so that a missing value is an error and never an empty line.
import type { Asn } from '../../shared/address/asn.ts';
import type { Ip } from '../../shared/address/ip.ts';
import type { Prefix } from '../../shared/address/prefix.ts';

/** One line of a prefix-list; `seq` is always written, or each load of the file would add it again. */
export interface PrefixEntry {
  readonly seq: number;
  readonly action: 'permit' | 'deny';
  readonly prefix: Prefix;
  /** More specific prefixes match too, up to `longest` bits. */
  readonly orLonger: boolean;
  readonly longest: number;
}

export interface FrrNeighbour {
  readonly interface: string;
  /** Its address on the link. */
  readonly linkLocal: Ip;
  readonly name: string;
  readonly asn: Asn;
  /** The floor of origin authorisation: what this peer may announce. */
  readonly accepted4: readonly PrefixEntry[];
  readonly accepted6: readonly PrefixEntry[];
  /** It announced so much that was refused that it is not spoken to for a while. */
  readonly shut: boolean;
}

export interface FrrModel {
  /** "10.3", or "unknown" before FRR has run once. */
  readonly version: string;
  readonly features: {
    /** FRR 8.4 and newer know RFC 8538; with it a dead peer's routes would stay for two minutes. */
    readonly gracefulRestartNotification: boolean;
    /** bgpd has the module, so that a route-map may ask for the validity of an origin. */
    readonly rpki: boolean;
    /** `rpki cache` says "tcp" from FRR 10 on. */
    readonly rpkiCacheTcp: boolean;
  };
  readonly originValidation: {
    readonly wanted: boolean;
    /** Of the agent's RTR cache, on loopback. */
    readonly port: number;
  };
  readonly asn: Asn;
  readonly routerId: Ip;
  readonly nodeInterface: string;
  /** This node's address on every link. */
  readonly linkLocal: Ip;
  readonly bfd: { readonly intervalMs: number; readonly multiplier: number };
  readonly maximumPrefixes: number;
  /** File descriptors of a daemon: two for each session and some for itself. */
  readonly openFiles: number;
  /** What this node may announce. */
  readonly own4: readonly PrefixEntry[];
  readonly own6: readonly PrefixEntry[];
  readonly advertised4: readonly Prefix[];
  readonly advertised6: readonly Prefix[];
  /** Sorted by interface. */
  readonly neighbours: readonly FrrNeighbour[];
}
