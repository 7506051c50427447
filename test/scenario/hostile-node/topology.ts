// Four nodes that an operator admitted; delta asks for a prefix that nobody has granted, and so does charlie.
import { fourNodes } from '../../lab/topologies.ts';
import type { Topology } from '../../lab/topology.ts';

export const wanted = {
  delta: ['10.77.0.0/16', '2001:db8:77::/48'],
  charlie: ['10.78.0.0/16'],
} as const;

const wishes: Readonly<Record<string, readonly string[]>> = wanted;

export const hostileNodes: Topology = {
  name: 'hostile',
  open: false,
  nodes: fourNodes.nodes.map((node) => {
    const wish = wishes[node.name];
    return wish === undefined ? node : { ...node, flags: ['-advertise', wish.join(',')] };
  }),
};
