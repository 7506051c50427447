// The topologies that several scenarios share, and thereby one boot.
import type { Topology } from './topology.ts';

/** Four nodes; a LAN behind alpha and another behind bravo. */
export const fourNodes: Topology = {
  name: 'four-nodes',
  nodes: [
    {
      name: 'alpha',
      number: 1,
      lan: {
        name: 'lan-alpha',
        v4: { prefix: '10.20.0.0/16', router: '10.20.0.1/16', address: '10.20.0.2/16' },
        v6: {
          prefix: '2001:db8:20::/48',
          router: '2001:db8:20::1/64',
          address: '2001:db8:20::2/64',
        },
      },
    },
    {
      name: 'bravo',
      number: 2,
      lan: {
        name: 'lan-bravo',
        v4: { prefix: '10.30.0.0/16', router: '10.30.0.1/16', address: '10.30.0.2/16' },
        v6: {
          prefix: '2001:db8:30::/48',
          router: '2001:db8:30::1/64',
          address: '2001:db8:30::2/64',
        },
      },
    },
    { name: 'charlie', number: 3 },
    { name: 'delta', number: 4 },
  ],
};
