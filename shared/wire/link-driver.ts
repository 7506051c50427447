// Link drivers on the wire.
import type { LinkDriver as WireLinkDriver } from '../../proto/gen/meshover/v1/mesh.ts';
import type { LinkDriver } from '../mesh/peer.ts';
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';

const wireNames = {
  ip6gre: 'LINK_DRIVER_IP6GRE',
  gre: 'LINK_DRIVER_GRE',
  vxlan: 'LINK_DRIVER_VXLAN',
} as const satisfies Record<LinkDriver, WireLinkDriver>;

export const linkDriverToWire = (driver: LinkDriver): WireLinkDriver => wireNames[driver];

/** Unspecified means ip6gre; a driver of a newer version is refused. */
export const linkDriverFromWire = (wire: WireLinkDriver): Parsed<LinkDriver> => {
  switch (wire) {
    case 'LINK_DRIVER_UNSPECIFIED':
    case 'LINK_DRIVER_IP6GRE':
      return parsed('ip6gre');
    case 'LINK_DRIVER_GRE':
      return parsed('gre');
    case 'LINK_DRIVER_VXLAN':
      return parsed('vxlan');
    default:
      return malformed('a link driver that this version does not know: upgrade this program');
  }
};
