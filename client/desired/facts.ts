// What the host has shown that decides what it should have.
import type { Ip } from '../../shared/address/ip.ts';
import type { Prefix } from '../../shared/address/prefix.ts';

/** The live next hop of a host route in the main table, as BGP installed it. */
export interface NextHop {
  readonly to: Prefix;
  readonly interface: string;
  readonly via: Ip | undefined;
}

export interface Facts {
  /** Where WireGuard's packets leave; undefined when no usable address was found. */
  readonly underlay:
    { readonly interface: string; readonly address: Ip; readonly mtu: number } | undefined;
  /**
   * The host's own global addresses on interfaces that carry a default route or the underlay, sorted:
   * answers from them (SSH) keep to the main table.
   */
  readonly hostAddresses: readonly Ip[];
  /** Kernel WireGuard can be created here. */
  readonly kernelWireGuard: boolean;
  /** Why nftables cannot be used here; undefined = it can. */
  readonly nftablesFault: string | undefined;
  /** Interfaces (not ours) that learn a default route by router advertisement. */
  readonly routerAdvertisementInterfaces: readonly string[];
  /** Host routes learnt by BGP in the main table, sorted by prefix. */
  readonly nextHops: readonly NextHop[];
  /** Version of FRR in the image or on the host, for example "10.3"; undefined when unknown. */
  readonly frrVersion: string | undefined;
  /** bgpd has its rpki module; undefined when it never ran. */
  readonly frrRpki: boolean | undefined;
  /** Interfaces of peers that announce so much that is refused that bgpd's memory is in danger, sorted. */
  readonly frrFlooding: readonly string[];
  /** Templates as an operator left them: file name → text. */
  readonly templates: Readonly<Record<string, string>>;
}
