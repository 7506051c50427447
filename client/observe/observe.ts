// The host → what exists on it, in few reads.
import type { KernelHost } from '../host/ports.ts';
import { addressesFrom, addressQuestion } from './address.ts';
import { readIp } from './ip.ts';
import { linksFrom, linkQuestion } from './link.ts';
import { readAppliedEndpoints, readSavedSysctls } from './memory.ts';
import type { Observed, ObservedRoute, ObservedRule } from './observed.ts';
import { mainRoutesFrom, ownRoutesFrom, routeQuestions } from './route.ts';
import { rulesFrom, ruleQuestion } from './rule.ts';
import { readSysctls, sysctlKeysFor } from './sysctl.ts';
import { readWireGuard } from './wireguard.ts';

/** Rejects with `ObserveError` when the host cannot be read whole. */
export const observe = async (host: KernelHost): Promise<Observed> => {
  const { commands, files, stateDir } = host;
  const [routing4, routing6, interfaces, savedSysctls, appliedEndpoints] = await Promise.all([
    readRouting(host, 4),
    readRouting(host, 6),
    readIp(commands, [linkQuestion, addressQuestion], { details: true }),
    readSavedSysctls(files, stateDir),
    readAppliedEndpoints(files, stateDir),
  ]);
  const links = linksFrom(interfaces[0] ?? []);
  const [wireguard, sysctls] = await Promise.all([
    readWireGuard(commands, links, Math.floor(host.clock.now() / 1000)),
    readSysctls(host.sysctls, sysctlKeysFor(links)),
  ]);
  return {
    links,
    addresses: addressesFrom(interfaces[1] ?? []),
    wireguard,
    rules: [...routing4.rules, ...routing6.rules],
    routes: [...routing4.routes, ...routing6.routes],
    sysctls,
    savedSysctls,
    appliedEndpoints,
  };
};

const readRouting = async (
  { commands }: KernelHost,
  family: 4 | 6,
): Promise<{ rules: readonly ObservedRule[]; routes: readonly ObservedRoute[] }> => {
  const [rules = [], main = [], own = []] = await readIp(
    commands,
    [ruleQuestion, ...routeQuestions],
    { family },
  );
  return {
    rules: rulesFrom(family, rules),
    routes: [...mainRoutesFrom(family, main), ...ownRoutesFrom(family, own)],
  };
};
