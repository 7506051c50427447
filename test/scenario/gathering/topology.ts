// Alpha's LAN lies in a range that delta gathers, charlie after it; bravo gathers a range that covers the underlay.
import type { Topology } from '../../lab/topology.ts';

const gathered = '192.0.2.0/27@P,2001:db8:5::/48@P';

export const gatheringNodes: Topology = {
  name: 'gathering',
  nodes: [
    {
      name: 'alpha',
      number: 1,
      lan: {
        name: 'lan-alpha',
        v4: { prefix: '192.0.2.0/29', router: '192.0.2.1/29', address: '192.0.2.2/29' },
        v6: {
          prefix: '2001:db8:5:1::/64',
          router: '2001:db8:5:1::1/64',
          address: '2001:db8:5:1::2/64',
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
      flags: ['-gathering', '198.51.100.0/24,2001:db8::/64'],
    },
    { name: 'charlie', number: 3, flags: ['-gathering', gathered.replaceAll('P', '20')] },
    { name: 'delta', number: 4, flags: ['-gathering', gathered.replaceAll('P', '5')] },
  ],
};
