// The host → what exists on it, in few reads.
import type { KernelHost } from '../host/ports.ts';
import { addressesFrom, addressQuestion } from './address.ts';
import { readIp } from './ip.ts';
import { readFirewall } from './firewall.ts';
import { readForwardDrops } from './forward-policy.ts';
import { linksFrom, linkQuestion } from './link.ts';
import { readAppliedEndpoints, readSavedSysctls } from './memory.ts';
import type { Observed, ObservedRoute, ObservedRule } from './observed.ts';
import { mainRoutesFrom, ownRoutesFrom, routeQuestions } from './route.ts';
import { rulesFrom, ruleQuestion } from './rule.ts';
import { readSysctls, sysctlKeysFor } from './sysctl.ts';
import { readWireGuard } from './wireguard.ts';

/** Rejects with `ObserveError` when the host cannot be read whole. */
export const observe = async (host: KernelHost): Promise<Observed> => {
  const { files, stateDir } = host;
  const [interfaces, routing4, routing6, savedSysctls, appliedEndpoints, firewall, forwardDrops] =
    await Promise.all([
      readInterfaces(host),
      readRouting(host, 4),
      readRouting(host, 6),
      readSavedSysctls(files, stateDir),
      readAppliedEndpoints(files, stateDir),
      readFirewall(host),
      readForwardDrops(host),
    ]);
  return {
    ...interfaces,
    rules: [...routing4.rules, ...routing6.rules],
    routes: [...routing4.routes, ...routing6.routes],
    savedSysctls,
    appliedEndpoints,
    firewall,
    forwardDrops,
  };
};

const readInterfaces = async ({
  commands,
  sysctls,
  clock,
}: KernelHost): Promise<Pick<Observed, 'links' | 'addresses' | 'wireguard' | 'sysctls'>> => {
  // Two programs at once: the details of links would be told again with the addresses.
  const [[linkAnswer = []], [addressAnswer = []]] = await Promise.all([
    readIp(commands, [linkQuestion], { details: true }),
    readIp(commands, [addressQuestion]),
  ]);
  const links = linksFrom(linkAnswer);
  const [wireguard, values] = await Promise.all([
    readWireGuard(commands, links, Math.floor(clock.now() / 1000)),
    readSysctls(sysctls, sysctlKeysFor(links)),
  ]);
  return { links, addresses: addressesFrom(addressAnswer), wireguard, sysctls: values };
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
