// The host's own firewall: what scans find, what is dropped, and that nothing else on the host is touched.
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { clampedSegments, droppingPolicy, otherTables, takenPort } from './neighbours.ts';
import { nothingIsOpen, onlyNextDoor } from './scans.ts';
import { anotherNodesAddress, foreignTunnel, tunnelPackets, withoutFirewall } from './spoofs.ts';

export const scenario: Scenario = {
  title: "the host's own firewall",
  topology: fourNodes,
  stories: [
    { name: 'nothing is open that should not be', tell: nothingIsOpen },
    { name: 'BGP comes only from next door', tell: onlyNextDoor },
    { name: "another node's address", tell: anotherNodesAddress },
    { name: "tunnels' packets from elsewhere", tell: tunnelPackets },
    { name: "an operator's own tunnel", tell: foreignTunnel },
    { name: 'segments fit the links', tell: clampedSegments },
    { name: 'a FORWARD policy that drops', tell: droppingPolicy },
    { name: 'another program on port 179', tell: takenPort },
    { name: 'other tables stay', tell: otherTables },
    { name: 'without the firewall', tell: withoutFirewall },
  ],
};
