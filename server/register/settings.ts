// Takes over new pools: the nodes keep their places, so the new pools must hold them.
import { containsIp, overlaps, type Prefix } from '../../shared/address/prefix.ts';
import type { Ip } from '../../shared/address/ip.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import type { Act } from './act.ts';
import { differenceOf, withEvent } from './audit.ts';
import { noChange, type Changed } from './change.ts';
import { nodesOf, type RegisteredNode, type Register } from './register.ts';
import { headWrite } from './row.ts';

/** A new epoch where pools or operator keys differ: deltas carry no settings, so every node gets a snapshot. */
export const changeSettings = (
  register: Register,
  settings: NetworkSettings,
  act: Act,
): Parsed<Changed> => {
  if (JSON.stringify(settings) === JSON.stringify(register.settings)) {
    return parsed({ register, change: noChange });
  }
  for (const node of nodesOf(register)) {
    const complaint = complaintOf(node, settings);
    if (complaint !== undefined) return malformed(complaint);
  }
  const { registerId, epoch, number } = register.revision;
  const next: Register = {
    ...register,
    settings,
    revision: { registerId, epoch: epoch + 1n, number: number + 1n },
  };
  const changed = { register: next, change: { ...noChange, writes: [headWrite(next)] } };
  const difference = differenceOf({ ...register.settings }, { ...settings });
  const fact = { what: 'settings-changed', subject: 'settings', ...difference } as const;
  return parsed(withEvent(changed, act, fact));
};

/** What of this node the pools do not hold. */
export const complaintOf = (
  node: RegisteredNode,
  settings: NetworkSettings,
): string | undefined => {
  const { tunnelPools, nodePools } = settings;
  return (
    outside(node, { flag: '-wgaddress', ip: node.tunnelAddress6, pools: tunnelPools }) ??
    outside(node, { flag: '-wgaddress', ip: node.tunnelAddress4, pools: tunnelPools }) ??
    outside(node, { flag: '-assignaddress', ip: node.nodeAddress6, pools: nodePools }) ??
    outside(node, { flag: '-assignaddress', ip: node.nodeAddress4, pools: nodePools }) ??
    announces(node, [...tunnelPools, ...nodePools])
  );
};

interface Given {
  readonly flag: string;
  readonly ip: Ip;
  readonly pools: readonly Prefix[];
}

const outside = (node: RegisteredNode, { flag, ip, pools }: Given): string | undefined =>
  pools.some((pool) => containsIp(pool, ip))
    ? undefined
    : `node "${node.name}" has ${ip}, which lies outside ${flag} ${pools.join(',')}; nodes keep ` +
      `their addresses, so keep its pool in ${flag}, or remove the node first`;

const announces = (node: RegisteredNode, pools: readonly Prefix[]): string | undefined => {
  for (const prefix of node.authorised.advertise) {
    const pool = pools.find((each) => overlaps(each, prefix));
    if (pool !== undefined) {
      return (
        `node "${node.name}" may announce ${prefix}, which overlaps the pool ${pool}; choose another ` +
        `pool, or first withdraw it: meshoverctl authorise ${node.name} -withdraw -advertise ${prefix}`
      );
    }
  }
  return undefined;
};
