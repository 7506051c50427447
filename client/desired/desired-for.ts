// View, configuration and facts → everything that must exist on this host.
import { addressesFor } from './address.ts';
import type { Desired } from './desired.ts';
import { firewallFor } from './firewall.ts';
import { gatheredRangesOf, gatheringComplaints } from './gathering.ts';
import { isEnabled, type DesiredInput } from './input.ts';
import { linksFor } from './link.ts';
import { routesFor } from './route.ts';
import { rulesFor } from './rule.ts';
import { sysctlsFor } from './sysctl.ts';
import { wireguardFor } from './wireguard.ts';

/** `complaints` are sentences for the operator: what is wrong, and the remedy. */
export const desiredFor = (
  input: DesiredInput,
): { readonly desired: Desired; readonly complaints: readonly string[] } => {
  const links = linksFor(input);
  const ranges = isEnabled(input.config, 'gathering') ? gatheredRangesOf(input.view) : [];
  return {
    desired: {
      sysctls: sysctlsFor(input, links),
      links,
      addresses: addressesFor(input, links),
      wireguard: wireguardFor(input),
      rules: rulesFor(input, ranges),
      routes: routesFor(input, ranges),
      firewall: firewallFor(input, links),
    },
    complaints: [
      ...underlayComplaints(input),
      ...firewallComplaints(input),
      ...gatheringComplaints(input.view, ranges),
    ],
  };
};

const firewallComplaints = ({ config, facts }: DesiredInput): readonly string[] =>
  facts.nftablesFault === undefined || !isEnabled(config, 'firewall')
    ? []
    : [
        `this node has no firewall of its own, so BGP is open to its networks: ${facts.nftablesFault}`,
      ];

/** Under a path MTU of this, WireGuard's packets no longer fit whole. */
const leastUnderlayMtu = 1404;

const underlayComplaints = ({ config, facts }: DesiredInput): readonly string[] => {
  if (facts.underlay === undefined) {
    if (config.endpoints.length > 0) return [];
    return [
      config.underlay === undefined
        ? 'no stable global IPv6 address was found for the underlay: name an interface or address ' +
          'with -underlay, or announce where this node is reached with -endpoint'
        : `-underlay ${config.underlay} names no usable address of this host: name an interface ` +
          'that is up or an address that it has (see `ip address`), or use -endpoint',
    ];
  }
  if (facts.underlay.mtu >= leastUnderlayMtu) return [];
  return [
    `the underlay ${facts.underlay.interface} has an MTU of ${String(facts.underlay.mtu)}: large ` +
      `packets will be fragmented; raise it to ${String(leastUnderlayMtu)} or more if the path allows`,
  ];
};
