// Desired and observed → the ordered steps from one to the other; none when nothing is to be done.
import type { Desired } from '../desired/desired.ts';
import type { Observed } from '../observe/observed.ts';
import { planAddresses } from './address.ts';
import { planFirewall } from './firewall.ts';
import { leaveStep, planLinks } from './link.ts';
import { orderSteps } from './order.ts';
import { isOurLink, ourLinkNames } from './ours.ts';
import { planRoutes } from './route.ts';
import { planRules } from './rule.ts';
import type { FrrStep, Plan } from './step.ts';
import { isOfOurLink, planSysctls, restoreSysctls } from './sysctl.ts';
import { planWireGuard } from './wireguard.ts';

/** FRR's row, told which links are about to be remade: their neighbours leave FRR first. */
type PlanFrr = (remade: readonly string[]) => readonly FrrStep[];

export const planFrom = (
  desired: Desired,
  observed: Observed,
  planFrr: PlanFrr = () => [],
): Plan => {
  const links = planLinks(desired.links, observed);
  const left = without(observed, new Set(links.clearing.map(({ key }) => key)));
  const ours = new Set([...ourLinkNames(left), ...desired.links.map(({ name }) => name)]);
  const leaving = new Set(links.leaving.map(({ key }) => key));
  return orderSteps({
    links,
    sysctls: planSysctls(desired.sysctls, left),
    addresses: planAddresses(
      desired.addresses,
      left.addresses.filter((at) => ours.has(at.interface) && !leaving.has(at.interface)),
    ),
    wireguard: planWireGuard(desired.wireguard, left),
    rules: planRules(desired.rules, left.rules),
    routes: planRoutes(desired.routes, left.routes),
    firewall: planFirewall(desired.firewall, observed.firewall),
    frr: planFrr(links.clearing.map(({ key }) => key)),
  });
};

/** All of ours removed, FRR (`removeFrr`) before its links, and every sysctl as it was. */
export const cleanPlan = (observed: Observed, removeFrr: readonly FrrStep[] = []): Plan => [
  ...removeFrr,
  ...orderSteps({
    links: {
      clearing: [],
      adding: [],
      mending: [],
      leaving: observed.links.filter(isOurLink).map((link) => leaveStep(link, 'clean')),
    },
    sysctls: { host: [], links: [] },
    addresses: { removing: [], adding: [] },
    wireguard: { device: [], setting: [], removing: [] },
    rules: planRules([], observed.rules),
    routes: planRoutes([], observed.routes),
    firewall: planFirewall(undefined, observed.firewall),
    frr: [],
  }),
  ...restoreSysctls(observed.savedSysctls, observed),
];

/** An interface takes all that is on it along when it goes. */
const without = (observed: Observed, gone: ReadonlySet<string>): Observed => {
  if (gone.size === 0) return observed;
  return {
    ...observed,
    links: observed.links.filter(({ name }) => !gone.has(name)),
    addresses: observed.addresses.filter((at) => !gone.has(at.interface)),
    routes: observed.routes.filter((route) => !gone.has(route.interface)),
    sysctls: observed.sysctls.filter(
      ({ key }) => !(isOfOurLink(key) && gone.has(key.split('/')[3] ?? '')),
    ),
    wireguard:
      observed.wireguard !== undefined && gone.has(observed.wireguard.interface)
        ? undefined
        : observed.wireguard,
  };
};
