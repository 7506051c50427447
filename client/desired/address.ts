// The addresses row: node addresses on the dummy, tunnel addresses on WireGuard, link-local on links.
import { bitsOf, familyOf, type Ip } from '../../shared/address/ip.ts';
import { containsIp, lengthOf } from '../../shared/address/prefix.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import type { InterfaceAddress, Link } from './desired.ts';
import { compareText, type DesiredInput } from './input.ts';
import { linkLocalOf, nodeInterface, wireguardInterface } from './names.ts';

export const addressesFor = (
  { view }: DesiredInput,
  links: readonly Link[],
): readonly InterfaceAddress[] =>
  links
    .flatMap((link): InterfaceAddress[] => {
      const { self, settings } = view;
      switch (link.kind) {
        case 'dummy':
          return [self.nodeAddress4, self.nodeAddress6].map(hostAddress);
        case 'wireguard':
          return [self.tunnelAddress4, self.tunnelAddress6].map((ip) => onPool(ip, settings));
        case 'ip6gre':
        case 'gre':
        case 'vxlan':
          return [{ interface: link.name, address: linkLocalOf(self.asn), length: 64 }];
      }
    })
    .sort((a, b) => compareText(a.interface, b.interface) || compareText(a.address, b.address));

const hostAddress = (address: Ip): InterfaceAddress => ({
  interface: nodeInterface,
  address,
  length: bitsOf(familyOf(address)),
});

/** The pool's length puts every peer's tunnel address on link, so that none needs a route. */
const onPool = (address: Ip, settings: NetworkSettings): InterfaceAddress => {
  const pool = settings.tunnelPools.find((candidate) => containsIp(candidate, address));
  const length = pool === undefined ? bitsOf(familyOf(address)) : lengthOf(pool);
  return { interface: wireguardInterface, address, length };
};
