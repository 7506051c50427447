// What the agent's line must achieve on any kernel: the same stories for the fake and the real one.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { applyPlan } from '../../client/apply/apply-plan.ts';
import type { Desired } from '../../client/desired/desired.ts';
import { desiredFor } from '../../client/desired/desired-for.ts';
import { firewallTable, linkName } from '../../client/desired/names.ts';
import type { KernelHost } from '../../client/host/ports.ts';
import { factsFrom, hasKernelWireGuard } from '../../client/observe/facts.ts';
import { observe } from '../../client/observe/observe.ts';
import type { Observed } from '../../client/observe/observed.ts';
import { cleanPlan, planFrom } from '../../client/plan/plan-from.ts';
import { printPlan } from '../../client/plan/print-plan.ts';
import type { Plan } from '../../client/plan/step.ts';
import type { AgentConfig } from '../../client/config.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { View } from '../../shared/mesh/view.ts';
import {
  configFixture,
  gathers,
  nodeFixture,
  viewFixture,
  wireguardKeyFixture,
} from '../fake/view.ts';

/** A kernel with an interface "under0" that is up and has 2001:db8::1/64. */
export interface KernelUnderTest {
  readonly host: KernelHost;
  /** Lines for `ip -batch`, done by somebody else than the agent. */
  ip(family: 4 | 6, ...lines: readonly string[]): Promise<void>;
  wg(...words: readonly string[]): Promise<void>;
  /** A line for `nft -f`. */
  nft(line: string): Promise<void>;
}

export interface KernelStory {
  readonly name: string;
  readonly run: (kernel: KernelUnderTest) => Promise<void>;
}

const self = nodeFixture(1);
const [two, three, four] = [nodeFixture(2), nodeFixture(3), nodeFixture(4)];
const linkTwo = linkName(two.name);

export const planOn = async (
  { host }: KernelUnderTest,
  view: View,
  config: AgentConfig,
): Promise<{ plan: Plan; observed: Observed; desired: Desired }> => {
  const observed = await observe(host);
  const facts = factsFrom({
    observed,
    config,
    kernelWireGuard: await hasKernelWireGuard(host, observed),
    frr: undefined,
    templates: {},
  });
  const { desired } = desiredFor({ view, config, facts, wireguardKey: wireguardKeyFixture });
  return { plan: planFrom(desired, observed), observed, desired };
};

const applyFrr = (): Promise<ReadonlyMap<string, string>> => Promise.resolve(new Map());

/** Two runs at most may be needed (a next hop appears with a link); the one after has nothing to do. */
export const converge = async (
  kernel: KernelUnderTest,
  view: View,
  config = configFixture(),
): Promise<Plan> => {
  const { plan } = await planOn(kernel, view, config);
  const outcomes = await applyPlan(plan, kernel.host, applyFrr);
  const bad = outcomes.filter(({ result }) => result !== 'done');
  deepEqual(bad, [], 'every step is done');
  equal(outcomes.length, plan.length, 'every step has an outcome');
  const again = await planOn(kernel, view, config);
  equal(printPlan(again.plan), 'nothing to do\n', 'the second run has nothing to do');
  return plan;
};

const clean = async (kernel: KernelUnderTest): Promise<void> => {
  const outcomes = await applyPlan(cleanPlan(await observe(kernel.host)), kernel.host, applyFrr);
  deepEqual(
    outcomes.filter(({ result }) => result !== 'done'),
    [],
    'cleaning succeeds',
  );
  equal(
    printPlan(cleanPlan(await observe(kernel.host))),
    'nothing to do\n',
    'nothing of ours stays',
  );
};

const story = (name: string, run: (kernel: KernelUnderTest) => Promise<void>): KernelStory => ({
  name,
  run,
});

/** Resources of a plan, each once, in order. */
const touched = (plan: Plan): readonly string[] => [
  ...new Set(plan.map(({ resource, verb }) => `${verb} ${resource}`)),
];

const mesh = viewFixture(self, [two, three, four]);

const withTwo = (changes: Partial<Peer>): View =>
  viewFixture(self, [nodeFixture(2, changes), three, four]);

const lifeStories: readonly KernelStory[] = [
  story('from nothing to a mesh of four, and a second run that does nothing', async (kernel) => {
    const plan = await converge(kernel, mesh);
    ok(touched(plan).includes('add link'));
  }),
  story('a peer leaves and another joins', async (kernel) => {
    await converge(kernel, viewFixture(self, [two, three, nodeFixture(5)]));
    const { observed } = await planOn(kernel, mesh, configFixture());
    ok(!observed.links.some(({ name }) => name === linkName(four.name)), 'its link is gone');
    await converge(kernel, mesh);
  }),
  story('all peers but one leave together', async (kernel) => {
    await converge(
      kernel,
      viewFixture(
        self,
        [...Array(20).keys()].map((n) => nodeFixture(n + 2)),
      ),
    );
    await converge(kernel, viewFixture(self, [two]));
    await converge(kernel, mesh);
  }),
  ...(['gre', 'vxlan', 'ip6gre'] as const).map((linkDriver) =>
    story(`a peer that wants ${linkDriver} gets its link remade`, async (kernel) => {
      await converge(kernel, withTwo({ linkDriver }));
      const { observed } = await planOn(kernel, mesh, configFixture());
      equal(observed.links.find(({ name }) => name === linkTwo)?.kind, linkDriver);
    }),
  ),
  story('a peer with a new key, endpoint and addresses', async (kernel) => {
    const renewed = nodeFixture(99, { name: two.name, asn: two.asn });
    await converge(kernel, viewFixture(self, [renewed, three, four]));
    await converge(kernel, mesh);
  }),
  story('this node gets other addresses', async (kernel) => {
    await converge(kernel, viewFixture(nodeFixture(77), [two, three, four]));
    await converge(kernel, mesh);
  }),
];

const gatheringView = viewFixture(
  nodeFixture(1, { gathering: [gathers('192.0.2.16/28'), gathers('2001:db8:7::/48')] }),
  [
    nodeFixture(2, { gathering: [gathers('192.0.2.0/24'), gathers('2001:db8::/32')] }),
    nodeFixture(3, { gathering: [gathers('192.0.2.0/24', 20), gathers('0.0.0.0/0')] }),
    four,
  ],
);

const bgpRoute = (node: Peer): readonly [string, string] => [
  `route replace ${node.nodeAddress4}/32 via inet6 fe80::2 dev ${linkName(node.name)} proto 186`,
  `route replace ${node.nodeAddress6}/128 via fe80::2 dev ${linkName(node.name)} proto 186`,
];

const gatheringStories: readonly KernelStory[] = [
  story('gathering: rules at once, routes with the next hops, all gone after', async (kernel) => {
    await converge(kernel, gatheringView);
    for (const node of [two, three]) {
      const [route4, route6] = bgpRoute(node);
      await kernel.ip(4, route4);
      await kernel.ip(6, route6);
    }
    const followed = await converge(kernel, gatheringView);
    deepEqual(touched(followed), ['add route']);
    await kernel.ip(4, `route del ${two.nodeAddress4}/32 proto 186`);
    deepEqual(touched(await converge(kernel, gatheringView)), ['remove route']);
    deepEqual(touched(await converge(kernel, mesh)), [
      'change firewall',
      'remove rule',
      'remove route',
    ]);
  }),
  story('a next hop that moves to another link', async (kernel) => {
    await kernel.ip(4, bgpRoute(two)[0]);
    await converge(kernel, gatheringView);
    const link = linkName(three.name);
    await kernel.ip(
      4,
      `route replace ${two.nodeAddress4}/32 via inet6 fe80::3 dev ${link} proto 186`,
    );
    deepEqual(touched(await converge(kernel, gatheringView)), ['change route']);
  }),
];

/** iproute2 of a family, wg set, or nft. */
type Tool = 4 | 6 | 'wg' | 'nft';

export const vandalise = (kernel: KernelUnderTest, tool: Tool, line: string): Promise<void> => {
  if (tool === 'wg') return kernel.wg(...line.split(' '));
  return tool === 'nft' ? kernel.nft(line) : kernel.ip(tool, line);
};

/** What somebody does behind the agent's back, with the mesh and gathering standing. */
export const vandalism: readonly (readonly [string, Tool, string])[] = [
  ['deletes a link', 6, `link del ${linkTwo}`],
  ['deletes WireGuard', 6, 'link del mo-wg'],
  ['deletes the dummy', 6, 'link del mo-node'],
  ['takes a link down', 6, `link set dev ${linkTwo} down`],
  ['sets an MTU too small for IPv6', 6, `link set dev ${linkTwo} mtu 1000`],
  ['moves a link to another group', 6, `link set dev ${linkTwo} group 0`],
  ['gives WireGuard another MTU', 6, 'link set dev mo-wg mtu 1300'],
  ['adds a wrong IPv6 address', 6, 'address add fd00:beef:beef::dead/128 dev mo-node'],
  ['adds a wrong IPv4 address', 4, 'address add 10.200.0.1/12 dev mo-wg'],
  ['deletes an address', 4, 'address del 10.128.0.1/32 dev mo-node'],
  ['deletes a link-local address', 6, `address del fe80::fa56:ea01/64 dev ${linkTwo}`],
  ['deletes a rule', 4, 'rule del priority 20000'],
  [
    'adds a rule of our protocol',
    6,
    'rule add priority 20500 from 2001:db8:ff::/48 lookup 254 protocol 109',
  ],
  ["deletes a gatherer's route", 4, 'route del 0.0.0.0/0 table 4200000002'],
  [
    "leads a gatherer's route astray",
    4,
    'route replace 0.0.0.0/0 dev mo-wg table 4200000002 protocol 4',
  ],
  ['changes the mark', 'wg', 'fwmark 0x1'],
  ['changes the port', 'wg', 'listen-port 5555'],
  ['removes a peer', 'wg', `peer ${two.wireguardKey} remove`],
  ['changes an endpoint', 'wg', `peer ${two.wireguardKey} endpoint [2001:db8::bad]:9`],
  ['widens allowed addresses', 'wg', `peer ${two.wireguardKey} allowed-ips ::/0`],
  ['adds a stranger', 'wg', `peer ${nodeFixture(66).wireguardKey} allowed-ips 10.192.9.9/32`],
  ['removes the firewall', 'nft', `delete table ${firewallTable}`],
  ['empties a chain of the firewall', 'nft', `flush chain ${firewallTable} input`],
  ['lets everything in', 'nft', `insert rule ${firewallTable} input accept`],
  ['adds a link to the firewall', 'nft', `add element ${firewallTable} links { "evil0" }`],
  ['takes the links from the firewall', 'nft', `flush set ${firewallTable} links`],
];

const vandalStories: readonly KernelStory[] = vandalism.map(([what, where, line]) =>
  story(`somebody ${what}: healed`, async (kernel) => {
    await converge(kernel, gatheringView);
    await vandalise(kernel, where, line);
    ok((await converge(kernel, gatheringView)).length > 0, 'there was something to heal');
  }),
);

const othersStories: readonly KernelStory[] = [
  story('what others made stays through it all, and cleaning removes only ours', async (kernel) => {
    await converge(kernel, gatheringView);
    await kernel.ip(6, 'link add name mo-their type dummy', 'link set dev mo-their up');
    await kernel.ip(6, 'address add 2001:db8:99::1/64 dev under0');
    await kernel.ip(4, 'rule add priority 20007 from 198.51.100.0/24 lookup 254');
    await kernel.ip(4, 'rule add priority 100 from 198.51.100.0/24 lookup 254 protocol 109');
    await kernel.ip(4, 'address add 198.51.100.1/24 dev under0');
    await kernel.ip(4, 'route add 203.0.113.0/24 dev under0');
    await converge(kernel, gatheringView);
    await clean(kernel);
    const left = await observe(kernel.host);
    ok(left.links.some(({ name }) => name === 'mo-their'));
    ok(left.addresses.some(({ address }) => address === '2001:db8:99::1'));
    equal(left.rules.filter(({ from }) => from === '198.51.100.0/24').length, 2);
    ok(left.routes.some(({ to }) => to === '203.0.113.0/24'));
    deepEqual(left.savedSysctls, []);
  }),
  story('cleaning puts sysctls back, and twice is once', async (kernel) => {
    const before = (await observe(kernel.host)).sysctls;
    await converge(kernel, mesh);
    await clean(kernel);
    await clean(kernel);
    deepEqual((await observe(kernel.host)).sysctls, before);
  }),
];

/** They follow each other on one kernel. */
export const kernelStories: readonly KernelStory[] = [
  ...lifeStories,
  ...gatheringStories,
  ...vandalStories,
  ...othersStories,
];
