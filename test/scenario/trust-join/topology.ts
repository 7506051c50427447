// A controller that admits nobody by itself; a LAN behind alpha; charlie, delta and echo need no FRR for their part.
import type { Topology } from '../../lab/topology.ts';

export const lanHost = { name: 'lan-alpha', v4: '10.20.0.2' } as const;
export const lanPrefix = '10.20.0.0/16';

export const closedMesh: Topology = {
  name: 'closed',
  open: false,
  nodes: [
    {
      name: 'alpha',
      number: 1,
      lan: {
        name: lanHost.name,
        v4: { prefix: lanPrefix, router: '10.20.0.1/16', address: `${lanHost.v4}/16` },
        v6: {
          prefix: '2001:db8:20::/48',
          router: '2001:db8:20::1/64',
          address: '2001:db8:20::2/64',
        },
      },
    },
    { name: 'bravo', number: 2 },
    { name: 'charlie', number: 3, docker: false },
    { name: 'delta', number: 4, docker: false },
    { name: 'echo', number: 5, docker: false },
  ],
};
