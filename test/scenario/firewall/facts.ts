// What the stories ask of hosts: tunnel addresses, links, and how often a rule of the firewall dropped.
import { linkName } from '../../../client/desired/names.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { Host } from '../../lab/host.ts';

export const linkTo = (name: string): string => linkName(name as Hostname);

const firstMatch = (text: string, pattern: RegExp): string => {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`no ${pattern.source} in: ${text}`);
  return found;
};

/** Its IPv6 tunnel address. */
export const tunnelAddressOf = async (host: Host): Promise<string> =>
  firstMatch(
    await host.must(['ip', '-6', '-o', 'addr', 'show', 'dev', 'mo-wg', 'scope', 'global']),
    / inet6 ([^/ ]+)\//,
  );

/** Its own address on every link. */
export const linkLocalOf = async (host: Host, peer: string): Promise<string> =>
  firstMatch(
    await host.must(['ip', '-6', '-o', 'addr', 'show', 'dev', linkTo(peer), 'scope', 'link']),
    / inet6 ([^/ ]+)\//,
  );

/** Packets dropped by the rules with this comment since the table was written. */
export const dropsOf = async (host: Host, comment: string): Promise<number> => {
  const table = await host.must(['nft', 'list', 'table', 'inet', 'meshover']);
  const rules = table.split('\n').filter((line) => line.includes(`comment "${comment}"`));
  return rules.reduce((sum, rule) => sum + Number(/packets (\d+)/.exec(rule)?.[1] ?? 0), 0);
};

export const dropsDuring = async (
  host: Host,
  comment: string,
  act: () => Promise<void>,
): Promise<number> => {
  const before = await dropsOf(host, comment);
  await act();
  return (await dropsOf(host, comment)) - before;
};
