// Reads every interface.
import type { ObservedLink, ObservedTunnel } from './observed.ts';
import { isObject, listOf, numberOf, textOf, type JsonObject } from './ip.ts';

export const linkQuestion = 'link show';

export const linksFrom = (answer: readonly JsonObject[]): readonly ObservedLink[] =>
  answer.map((link) => {
    const flags = listOf(link['flags']);
    const about = isObject(link['linkinfo']) ? link['linkinfo'] : {};
    return {
      name: textOf(link['ifname']),
      kind: textOf(about['info_kind']),
      loopback: flags.includes('LOOPBACK'),
      up: flags.includes('UP'),
      mtu: numberOf(link['mtu']) ?? 0,
      group: numberOf(link['group']) ?? 0,
      alias: textOf(link['ifalias']),
      addressGeneration: textOf(link['inet6_addr_gen_mode']),
      tunnel: tunnelFrom(isObject(about['info_data']) ? about['info_data'] : {}),
    };
  });

const tunnelFrom = (data: JsonObject): ObservedTunnel => ({
  local: addressOf(data['local6'] ?? data['local']),
  remote: addressOf(data['remote6'] ?? data['remote']),
  ttl: numberOf(data['ttl']),
  ignoresEncapsulationLimit: data['ip6_tnl_f_ign_encap_limit'] === true,
  vni: numberOf(data['id']),
  port: numberOf(data['port']),
});

const addressOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== 'any' ? value : undefined;
