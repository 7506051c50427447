// What the host has shown that decides what it should have.
import { bitsOf, compareIp, type Ip } from '../../shared/address/ip.ts';
import { comparePrefix, lengthOf } from '../../shared/address/prefix.ts';
import type { AgentConfig } from '../config.ts';
import type { Facts, NextHop } from '../desired/facts.ts';
import { linkGroup, mainTable, wireguardInterface } from '../desired/names.ts';
import type { Commands, Files } from '../host/ports.ts';
import type { Observed, ObservedFrr } from './observed.ts';
import { defaultRouteInterfaces, underlayFrom } from './underlay.ts';

/** Protocol numbers of rt_protos: routes of router advertisements, and of FRR's bgpd. */
const raProtocol = 9;
const bgpProtocol = 186;

export const factsFrom = (input: {
  readonly observed: Observed;
  readonly config: Pick<AgentConfig, 'underlay'>;
  readonly kernelWireGuard: boolean;
  readonly frr:
    (Pick<ObservedFrr, 'version' | 'rpki'> & { readonly flooding: readonly string[] }) | undefined;
  readonly templates: Facts['templates'];
}): Facts => {
  const { observed, config } = input;
  const underlay = underlayFrom(observed, config);
  return {
    underlay,
    hostAddresses: hostAddressesOf(observed, underlay),
    kernelWireGuard: input.kernelWireGuard,
    nftablesFault: observed.firewall.fault,
    routerAdvertisementInterfaces: routerAdvertisementInterfacesOf(observed),
    nextHops: nextHopsOf(observed),
    frrVersion: input.frr?.version,
    frrRpki: input.frr?.rpki,
    frrFlooding: input.frr?.flooding ?? [],
    templates: input.templates,
  };
};

const hostAddressesOf = (observed: Observed, underlay: Facts['underlay']): readonly Ip[] => {
  const ours = new Set(namesOfOurs(observed));
  const outside = new Set(defaultRouteInterfaces(observed.routes));
  if (underlay !== undefined) outside.add(underlay.interface);
  return observed.addresses
    .filter(({ scope, ...at }) => scope === 'global' && outside.has(at.interface))
    .filter((at) => !ours.has(at.interface))
    .map(({ address }) => address)
    .sort(compareIp);
};

/**
 * Interfaces where the kernel itself listens to routers: a default route or an address learnt from
 * them, and accept_ra not 0 (there a daemon does it, and must go on alone).
 */
const routerAdvertisementInterfacesOf = (observed: Observed): readonly string[] => {
  const ours = new Set(namesOfOurs(observed));
  const learnt = [
    ...observed.routes.filter(
      ({ protocol, family, to }) => protocol === raProtocol && family === 6 && lengthOf(to) === 0,
    ),
    ...observed.addresses.filter(({ dynamic, address }) => dynamic && address.includes(':')),
  ].map((item) => item.interface);
  const values = new Map(observed.sysctls.map(({ key, value }) => [key, value]));
  const accepts = (name: string): boolean =>
    (values.get(`net/ipv6/conf/${name}/accept_ra`) ?? '0') !== '0';
  return [...new Set(learnt)].filter((name) => !ours.has(name) && accepts(name)).sort();
};

const nextHopsOf = ({ routes }: Observed): readonly NextHop[] =>
  routes
    .filter(({ table, protocol, live }) => table === mainTable && protocol === bgpProtocol && live)
    .filter(({ to, family }) => lengthOf(to) === bitsOf(family))
    .map((route) => ({ to: route.to, interface: route.interface, via: route.via }))
    .sort((a, b) => comparePrefix(a.to, b.to));

const namesOfOurs = ({ links }: Observed): readonly string[] =>
  links.filter(({ group }) => group === linkGroup).map(({ name }) => name);

/** Without making anything: an interface that is there, the module in the kernel, or on disk. */
export const hasKernelWireGuard = async (
  host: { readonly commands: Commands; readonly files: Files },
  { links }: Pick<Observed, 'links'>,
): Promise<boolean> => {
  const ours = links.find(({ name }) => name === wireguardInterface);
  if (ours !== undefined) return ours.kind === 'wireguard';
  if (links.some(({ kind }) => kind === 'wireguard')) return true;
  if ((await host.files.list('/sys/module')).includes('wireguard')) return true;
  return (await host.commands.run(['modprobe', '-n', '-q', 'wireguard'])).code === 0;
};
