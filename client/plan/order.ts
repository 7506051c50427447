// Puts the rows' steps in the one order that keeps the host reachable and FRR alive.
import type { AddressPlan } from './address.ts';
import type { FirewallPlan } from './firewall.ts';
import type { LinkPlan } from './link.ts';
import type { RoutePlan } from './route.ts';
import type { RulePlan } from './rule.ts';
import type { AddressStep, FrrStep, Plan, RouteStep, Step, SysctlStep } from './step.ts';
import type { SysctlPlan } from './sysctl.ts';
import type { WireGuardPlan } from './wireguard.ts';

export interface Rows {
  readonly sysctls: SysctlPlan;
  readonly links: LinkPlan;
  readonly addresses: AddressPlan;
  readonly wireguard: WireGuardPlan;
  readonly rules: RulePlan;
  readonly routes: RoutePlan;
  readonly firewall: FirewallPlan;
  readonly frr: readonly FrrStep[];
}

/**
 * Additions before deletions, except where one stands in the other's way. A link's BGP neighbour
 * leaves FRR before the link leaves the kernel (zebra 10.3 crashes otherwise) and enters after it.
 */
export const orderSteps = (rows: Rows): Plan => {
  const detaching = rows.frr.filter(({ key }) => key === 'neighbours');
  const settling = rows.frr.filter(({ key }) => key !== 'neighbours');
  const added = new Map(rows.links.adding.map(({ key, id }) => [key, id]));
  const onLinks = <S extends Step>(steps: readonly S[], nameOf: (step: S) => string): S[] =>
    steps.map((step) => withNeeds(step, [added.get(nameOf(step))]));
  return [
    ...rows.sysctls.host,
    // Before the links that it guards.
    ...rows.firewall.setting,
    ...detaching,
    ...rows.links.clearing.map((step) => withNeeds(step, idsOf(detaching))),
    ...rows.links.adding,
    ...rows.links.mending,
    ...rows.addresses.removing,
    ...onLinks(rows.addresses.adding, addressInterface),
    ...onLinks(rows.sysctls.links, sysctlInterface),
    ...onLinks(rows.wireguard.device, ({ key }) => key),
    ...onLinks(rows.wireguard.setting, ({ new: peer }) => peer?.interface ?? ''),
    ...onLinks(rows.routes.setting, routeInterface),
    ...rows.rules.adding,
    // A removed node is cut off at once: it does not wait for FRR, whose steps take seconds.
    ...rows.wireguard.removing,
    // Nor does a gatherer that died.
    ...rows.rules.removing,
    ...rows.routes.removing,
    ...settling,
    ...rows.links.leaving.map((step) => withNeeds(step, configurationOf(settling))),
    ...rows.firewall.removing,
  ];
};

const idsOf = (steps: readonly Step[]): readonly string[] => steps.map(({ id }) => id);

/** Where the container is only now made, no FRR of ours runs that a vanishing link could hurt. */
const configurationOf = (steps: readonly FrrStep[]): readonly string[] =>
  steps.some(({ key, verb }) => key === 'container' && verb === 'add')
    ? []
    : idsOf(steps.filter(({ key }) => key === 'configuration'));

const addressInterface = ({ new: address }: AddressStep): string => address?.interface ?? '';

const routeInterface = ({ new: route }: RouteStep): string => route?.interface ?? '';

const sysctlInterface = ({ key }: SysctlStep): string => key.split('/')[3] ?? '';

const withNeeds = <S extends Step>(step: S, more: readonly (string | undefined)[]): S => ({
  ...step,
  needs: [...step.needs, ...more.filter((id) => id !== undefined)],
});
