// Understands exactly the iproute2 and wg words that the agent and the tests say; all else is a fault.
import { familyOf, type Family, type Ip } from '../../shared/address/ip.ts';
import type { Prefix } from '../../shared/address/prefix.ts';
import { fakeLink, type FakeKernelState, type FakeLink, type FakeRule } from './kernel-state.ts';

/** Undefined when done, else the kernel's refusal. */
export type Verdict = string | undefined;

export const runLine = (state: FakeKernelState, family: Family, line: string): Verdict => {
  const words = line.split(' ');
  const [object, verb] = words;
  const rest = words.slice(2);
  state.writes++;
  switch (`${object ?? ''} ${verb ?? ''}`) {
    case 'link add':
      return addLink(state, rest);
    case 'link set':
      return setLink(state, rest);
    case 'link del':
      return deleteLink(state, rest);
    case 'address add':
    case 'address replace':
    case 'address del':
      return changeAddress(state, verb ?? '', rest);
    case 'rule add':
    case 'rule del':
      return changeRule(state, verb ?? '', ruleFrom(family, rest));
    case 'route add':
    case 'route replace':
    case 'route del':
      return changeRoute(state, verb ?? '', { family, words: rest });
    default:
      throw new Error(`the fake kernel does not understand "${line}"`);
  }
};

const valueAfter = (words: readonly string[], word: string): string | undefined => {
  const at = words.indexOf(word);
  return at < 0 ? undefined : words[at + 1];
};

const addLink = (state: FakeKernelState, words: readonly string[]): Verdict => {
  const link = fakeLink(valueAfter(words, 'name') ?? '', valueAfter(words, 'type') ?? '');
  if (state.links.has(link.name)) return 'RTNETLINK answers: File exists';
  if (link.name.length > 15) throw new Error(`"${link.name}" is too long for an interface`);
  setParameters(link, words);
  link.mtu = Number(valueAfter(words, 'mtu') ?? 1500);
  link.group = Number(valueAfter(words, 'group') ?? 0);
  state.addLink(link);
  return undefined;
};

const setParameters = (link: FakeLink, words: readonly string[]): void => {
  const number = (word: string): number | undefined => {
    const value = valueAfter(words, word);
    return value === undefined ? undefined : Number(value);
  };
  link.local = valueAfter(words, 'local') ?? link.local;
  link.remote = valueAfter(words, 'remote') ?? link.remote;
  link.ttl = number('ttl') ?? link.ttl;
  link.vni = number('id') ?? link.vni;
  link.port = number('dstport') ?? link.port;
  link.ignoresLimit = valueAfter(words, 'encaplimit') === 'none' || link.ignoresLimit;
};

const setLink = (state: FakeKernelState, words: readonly string[]): Verdict => {
  const name = valueAfter(words, 'dev') ?? '';
  const link = state.links.get(name);
  if (link === undefined) return `Cannot find device "${name}"`;
  if (words.includes('type')) setParameters(link, words);
  const mtu = valueAfter(words, 'mtu');
  if (mtu !== undefined) state.setMtu(link, Number(mtu));
  link.group = Number(valueAfter(words, 'group') ?? link.group);
  link.alias = valueAfter(words, 'alias') ?? link.alias;
  link.generation = valueAfter(words, 'addrgenmode') ?? link.generation;
  if (words.includes('up')) state.setUp(link);
  if (words.includes('down')) state.setDown(link);
  return undefined;
};

const deleteLink = (state: FakeKernelState, words: readonly string[]): Verdict => {
  const group = valueAfter(words, 'group');
  if (group !== undefined) {
    const gone = [...state.links.values()].filter((link) => link.group === Number(group));
    for (const { name } of gone) state.deleteLink(name);
    return gone.length > 0 ? undefined : 'RTNETLINK answers: No such device';
  }
  const name = words.at(-1) ?? '';
  if (!state.links.has(name)) return `Cannot find device "${name}"`;
  state.deleteLink(name);
  return undefined;
};

const changeAddress = (state: FakeKernelState, verb: string, words: readonly string[]): Verdict => {
  const [address = '', length = ''] = (words[0] ?? '').split('/');
  const dev = valueAfter(words, 'dev') ?? '';
  const link = state.links.get(dev);
  if (link === undefined) return `Cannot find device "${dev}"`;
  const wanted = { dev, address: address as Ip, length: Number(length) };
  const sameAddress = state.addresses.find(
    (other) =>
      other.dev === dev &&
      other.address === wanted.address &&
      (other.length === wanted.length || familyOf(wanted.address) === 6),
  );
  if (verb === 'del') {
    if (sameAddress === undefined) return 'RTNETLINK answers: Cannot assign requested address';
    state.deleteAddress(sameAddress);
    return undefined;
  }
  if (link.mtu < 1280 && familyOf(wanted.address) === 6) return 'RTNETLINK answers: No such device';
  if (sameAddress !== undefined) {
    return verb === 'add' ? 'RTNETLINK answers: File exists' : undefined;
  }
  state.addAddress(wanted);
  return undefined;
};

const actionWords = ['lookup', 'goto', 'nop'];

const ruleFrom = (family: Family, words: readonly string[]): FakeRule => {
  const action = words.findIndex((word) => actionWords.includes(word));
  const protocol = words.indexOf('protocol');
  return {
    family,
    priority: Number(valueAfter(words, 'priority')),
    from: valueAfter(words, 'from') ?? 'all',
    fwmark: valueAfter(words, 'fwmark'),
    action: action < 0 ? '' : words.slice(action, protocol < 0 ? undefined : protocol).join(' '),
    protocol: Number(valueAfter(words, 'protocol') ?? 3),
  };
};

const changeRule = (state: FakeKernelState, verb: string, rule: FakeRule): Verdict => {
  const same = (other: FakeRule): boolean =>
    other.family === rule.family &&
    other.priority === rule.priority &&
    (rule.action === '' || (other.action === rule.action && other.from === rule.from)) &&
    (rule.fwmark === undefined || other.fwmark === rule.fwmark);
  const existing = state.rules.find(same);
  if (verb === 'add') {
    if (existing !== undefined) return 'RTNETLINK answers: File exists';
    state.rules = [...state.rules, rule];
    return undefined;
  }
  if (existing === undefined) return 'RTNETLINK answers: No such file or directory';
  state.rules = state.rules.filter((other) => other !== existing);
  return undefined;
};

const changeRoute = (
  state: FakeKernelState,
  verb: string,
  { family, words }: { readonly family: Family; readonly words: readonly string[] },
): Verdict => {
  const route = {
    family,
    table: Number(valueAfter(words, 'table') ?? 254),
    to: words[0] as Prefix,
    via: words.includes('inet6') ? valueAfter(words, 'inet6') : valueAfter(words, 'via'),
    dev: valueAfter(words, 'dev') ?? '',
    protocol: Number(valueAfter(words, 'protocol') ?? valueAfter(words, 'proto') ?? 3),
  };
  const existing = state.routes.find(
    (other) => other.family === family && other.table === route.table && other.to === route.to,
  );
  if (verb === 'del') {
    if (existing === undefined) return 'RTNETLINK answers: No such process';
    state.routes = state.routes.filter((other) => other !== existing);
    return undefined;
  }
  if (state.links.get(route.dev)?.up !== true) return `Cannot find device "${route.dev}"`;
  if (verb === 'add' && existing !== undefined) return 'RTNETLINK answers: File exists';
  state.routes = [...state.routes.filter((other) => other !== existing), route];
  return undefined;
};
