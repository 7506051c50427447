// A controller that admits nobody by itself; charlie, which waits for an approval, needs no FRR.
import type { Topology } from '../../lab/topology.ts';

export const secretNodes: Topology = {
  name: 'secrets',
  open: false,
  nodes: [
    { name: 'alpha', number: 1 },
    { name: 'bravo', number: 2 },
    { name: 'charlie', number: 3, docker: false },
  ],
};
