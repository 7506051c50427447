// Packets that are not what they say are dropped by the nodes' firewalls, and would not be without them.
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { anotherNodesAddress, foreignTunnel, tunnelPackets, withoutFirewall } from './spoofs.ts';

export const scenario: Scenario = {
  title: 'packets that are not what they say',
  topology: fourNodes,
  stories: [
    { name: "another node's address", tell: anotherNodesAddress },
    { name: "tunnels' packets from elsewhere", tell: tunnelPackets },
    { name: "an operator's own tunnel", tell: foreignTunnel },
    { name: 'without the firewall', tell: withoutFirewall },
  ],
};
