// What the fake kernel answers to the agent's questions, in iproute2's JSON and wg's dump.
import { familyOf, type Family } from '../../shared/address/ip.ts';
import type { FakeKernelState, FakeLink, FakeRoute, FakeRule } from './kernel-state.ts';

export const answerTo = (state: FakeKernelState, family: Family, line: string): string => {
  switch (line) {
    case 'link show':
      return JSON.stringify([...state.links.values()].map(linkAnswer));
    case 'address show':
      return JSON.stringify([...state.links.keys()].map((name) => addressAnswer(state, name)));
    case 'rule show':
      return JSON.stringify(state.rules.filter((rule) => rule.family === family).map(ruleAnswer));
    case 'route show table main':
      return JSON.stringify(
        state.routes
          .filter((route) => route.family === family && route.table === 254)
          .map((route) => ({ ...routeAnswer(route), protocol: String(route.protocol) })),
      );
    case 'route show table all proto 109':
      return JSON.stringify(
        state.routes
          .filter((route) => route.family === family && route.protocol === 109)
          .map(routeAnswer),
      );
    default:
      throw new Error(`the fake kernel does not know the question "${line}"`);
  }
};

const linkAnswer = (link: FakeLink): unknown => ({
  ifname: link.name,
  flags: link.up ? ['UP', 'LOWER_UP'] : [],
  mtu: link.mtu,
  group: String(link.group),
  inet6_addr_gen_mode: link.generation,
  ...(link.alias === '' ? {} : { ifalias: link.alias }),
  linkinfo: {
    info_kind: link.kind,
    info_data: {
      [link.kind === 'vxlan' ? 'local6' : 'local']: link.local,
      [link.kind === 'vxlan' ? 'remote6' : 'remote']: link.remote,
      ttl: link.ttl,
      ...(link.ignoresLimit ? { ip6_tnl_f_ign_encap_limit: true } : {}),
      id: link.vni,
      port: link.port,
    },
  },
});

const addressAnswer = (state: FakeKernelState, name: string): unknown => ({
  ifname: name,
  addr_info: state.addresses
    .filter(({ dev }) => dev === name)
    .map((entry) => ({
      family: familyOf(entry.address) === 4 ? 'inet' : 'inet6',
      local: entry.address,
      prefixlen: entry.length,
      scope: entry.address.startsWith('fe80:') ? '253' : '0',
      ...(state.isSecondary(entry) ? { secondary: true } : {}),
    })),
});

const ruleAnswer = ({ priority, from, fwmark, action, protocol }: FakeRule): unknown => {
  const [src = '', srclen] = from.split('/');
  const [kind, target, , suppress] = action.split(' ');
  return {
    priority,
    src,
    ...(srclen === undefined ? {} : { srclen: Number(srclen) }),
    ...(fwmark === undefined ? {} : { fwmark }),
    ...(kind === 'lookup' ? { table: target } : {}),
    ...(kind === 'goto' ? { goto: Number(target) } : {}),
    ...(kind === 'nop' ? { nop: null } : {}),
    ...(suppress === undefined ? {} : { suppress_prefixlen: Number(suppress) }),
    protocol: String(protocol),
  };
};

const routeAnswer = ({ family, table, to, via, dev }: FakeRoute): object => ({
  dst: to.endsWith('/0') ? 'default' : to,
  ...(via === undefined
    ? {}
    : family === 4 && via.includes(':')
      ? { via: { family: 'inet6', host: via } }
      : { gateway: via }),
  dev,
  ...(table === 254 ? {} : { table: String(table) }),
  flags: [],
});

export const dumpOf = (state: FakeKernelState, name: string): string | undefined => {
  const device = state.devices.get(name);
  if (device === undefined) return undefined;
  const lines = [
    ['(hidden)', device.publicKey, String(device.port), device.fwmark],
    ...[...device.peers].map(([key, peer]) => [
      ...[key, '(none)', peer.endpoint ?? '(none)', peer.allowed.join(',') || '(none)'],
      ...[String(peer.handshake), '0', '0', peer.keepalive === 0 ? 'off' : String(peer.keepalive)],
    ]),
  ];
  return lines.map((fields) => `${fields.join('\t')}\n`).join('');
};
