// Stories that only a real kernel can tell: where it would send a packet, and WireGuard as a program.
import { deepEqual, equal } from 'node:assert/strict';
import { linkName } from '../../client/desired/names.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import { configFixture, gathers, nodeFixture, viewFixture } from '../fake/view.ts';
import { converge, type KernelUnderTest, planOn } from './kernel.ts';

/** The stories' kernel, which also says the interface that a packet would leave by. */
export interface RoutingKernel extends KernelUnderTest {
  leavesBy(family: 4 | 6, packet: string): Promise<string>;
}

export interface RoutingStory {
  readonly name: string;
  readonly run: (kernel: RoutingKernel) => Promise<void>;
}

const [two, three] = [
  nodeFixture(2, { gathering: [gathers('192.0.2.0/24'), gathers('2001:db8::/32')] }),
  nodeFixture(3, { gathering: [gathers('192.0.2.0/24', 20), gathers('2001:db8::/32', 20)] }),
];
const [toTwo, toThree] = [linkName(two.name), linkName(three.name)];
const mesh = viewFixture(nodeFixture(1), [two, three]);

const underlay = [
  'route replace 0.0.0.0/0 dev under0',
  'address replace 192.0.2.1/24 dev under0',
] as const;

/** As BGP would: both gatherers are alive. */
const arrive = async (kernel: RoutingKernel, node: Peer): Promise<void> => {
  const link = linkName(node.name);
  await kernel.ip(
    4,
    `route replace ${node.nodeAddress4}/32 via inet6 fe80::2 dev ${link} proto 186`,
  );
  await kernel.ip(6, `route replace ${node.nodeAddress6}/128 via fe80::2 dev ${link} proto 186`);
};

const depart = async (kernel: RoutingKernel, node: Peer): Promise<void> => {
  await kernel.ip(4, `route del ${node.nodeAddress4}/32 proto 186`);
  await kernel.ip(6, `route del ${node.nodeAddress6}/128 proto 186`);
};

const gatheringMesh = async (kernel: RoutingKernel): Promise<void> => {
  await kernel.ip(4, ...underlay);
  await kernel.ip(6, 'route replace ::/0 via 2001:db8::fe dev under0');
  await converge(kernel, mesh);
  await arrive(kernel, two);
  await arrive(kernel, three);
  await converge(kernel, mesh);
};

const passing4 = '198.18.0.7 from 192.0.2.77 iif under0';
const passing6 = '2620:fe::fe from 2001:db8:77::1 iif under0';

const bothFamilies = async (kernel: RoutingKernel): Promise<readonly string[]> => [
  await kernel.leavesBy(4, passing4),
  await kernel.leavesBy(6, passing6),
];

const gatheringStories: readonly RoutingStory[] = [
  {
    name: 'a gathered source goes to the preferred gatherer, then the next, then main',
    run: async (kernel) => {
      await gatheringMesh(kernel);
      deepEqual(await bothFamilies(kernel), [toTwo, toTwo]);
      await depart(kernel, two);
      await converge(kernel, mesh);
      deepEqual(await bothFamilies(kernel), [toThree, toThree]);
      await depart(kernel, three);
      await converge(kernel, mesh);
      deepEqual(await bothFamilies(kernel), ['under0', 'under0']);
    },
  },
  {
    name: 'a more specific route of main wins over gathering',
    run: async (kernel) => {
      await gatheringMesh(kernel);
      await kernel.ip(4, `route replace 198.18.0.0/24 via inet6 fe80::3 dev ${toThree} proto 186`);
      equal(await kernel.leavesBy(4, passing4), toThree);
      await kernel.ip(4, 'route del 198.18.0.0/24 proto 186');
    },
  },
  {
    name: 'answers from the covered underlay address and WireGuard’s own packets keep to main',
    run: async (kernel) => {
      await gatheringMesh(kernel);
      equal(await kernel.leavesBy(4, '198.18.0.7 from 192.0.2.1'), 'under0');
      equal(await kernel.leavesBy(6, '2620:fe::fe from 2001:db8::1'), 'under0');
      equal(await kernel.leavesBy(6, '2620:fe::fe from 2001:db8::1 mark 0x6d6f'), 'under0');
      equal(await kernel.leavesBy(6, `${passing6} mark 0x6d6f`), 'under0');
    },
  },
  {
    name: 'what this node gathers leaves here, though another gathers a wider range',
    run: async (kernel) => {
      await gatheringMesh(kernel);
      const ranges = ['192.0.2.64/26', '2001:db8:77::/48'].map((range) => gathers(range));
      await converge(kernel, viewFixture(nodeFixture(1, { gathering: ranges }), [two, three]));
      deepEqual(await bothFamilies(kernel), ['under0', 'under0']);
      equal(await kernel.leavesBy(4, '198.18.0.7 from 192.0.2.7 iif under0'), toTwo);
    },
  },
];

const userspace = configFixture({ wireguard: 'userspace' });

const userspaceStories: readonly RoutingStory[] = [
  {
    name: 'WireGuard in the kernel is replaced by the program, healed, and put back',
    run: async (kernel) => {
      await converge(kernel, mesh);
      await converge(kernel, mesh, userspace);
      const { observed } = await planOn(kernel, mesh, userspace);
      equal(observed.links.find(({ name }) => name === 'mo-wg')?.kind, 'tun');
      equal(observed.wireguard?.peers.length, 2);
      await kernel.ip(6, 'link del dev mo-wg');
      await converge(kernel, mesh, userspace);
      await converge(kernel, mesh, configFixture({ wireguard: 'kernel' }));
    },
  },
];

export const routingStories: readonly RoutingStory[] = [...gatheringStories, ...userspaceStories];
