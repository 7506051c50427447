// The sysctls row: forwarding, the underlay's router advertisements, and the links' own parameters.
import type { Link, Sysctl } from './desired.ts';
import { compareText, isEnabled, type DesiredInput } from './input.ts';

export const sysctlsFor = (
  { config, facts }: DesiredInput,
  links: readonly Link[],
): readonly Sysctl[] => {
  if (!isEnabled(config, 'sysctl')) return [];
  return [
    { key: 'net/ipv4/conf/all/forwarding', value: '1' },
    { key: 'net/ipv6/conf/all/forwarding', value: '1' },
    ...facts.routerAdvertisementInterfaces.map(keepRouterAdvertisements),
    ...links.flatMap(linkSysctls),
  ].sort((a, b) => compareText(a.key, b.key));
};

/** A router ignores advertisements unless told 2: the default route would die with its lifetime. */
const keepRouterAdvertisements = (name: string): Sysctl => ({
  key: `net/ipv6/conf/${name}/accept_ra`,
  value: '2',
});

/**
 * Loose reverse path: answers may come by another link. FRR's advertisements on a link must never
 * become a default route, whatever the host's default for accept_ra.
 */
const linkSysctls = (link: Link): Sysctl[] =>
  link.kind === 'dummy' || link.kind === 'wireguard'
    ? []
    : [
        { key: `net/ipv4/conf/${link.name}/rp_filter`, value: '2' },
        { key: `net/ipv6/conf/${link.name}/accept_ra`, value: '0' },
      ];
