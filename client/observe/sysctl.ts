// Reads the kernel parameters that are ours to set.
import { linkGroup } from '../desired/names.ts';
import type { Sysctl } from '../desired/desired.ts';
import type { Sysctls } from '../host/ports.ts';
import type { ObservedLink } from './observed.ts';

const tunnelKinds: readonly string[] = ['ip6gre', 'gre', 'vxlan'];

/** Keys of everything that desired may name on this host. */
export const sysctlKeysFor = (links: readonly ObservedLink[]): readonly string[] => [
  'net/ipv4/conf/all/forwarding',
  'net/ipv6/conf/all/forwarding',
  ...links
    .filter(({ group, loopback }) => group !== linkGroup && !loopback)
    .map(({ name }) => `net/ipv6/conf/${name}/accept_ra`),
  ...links
    .filter(({ group, kind }) => group === linkGroup && tunnelKinds.includes(kind))
    .flatMap(({ name }) => [`net/ipv4/conf/${name}/rp_filter`, `net/ipv6/conf/${name}/accept_ra`]),
];

/** Keys that do not exist (an interface just gone, IPv6 off) are left out. */
export const readSysctls = async (
  sysctls: Sysctls,
  keys: readonly string[],
): Promise<readonly Sysctl[]> => {
  const values = await Promise.all(keys.map((key) => sysctls.read(key)));
  return keys.flatMap((key, index) => {
    const value = values[index];
    return value === undefined ? [] : [{ key, value: value.trim() }];
  });
};
