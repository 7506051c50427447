// The firewall row: the table is as it was written last, or it is written anew, whole.
import type { Firewall } from '../desired/desired.ts';
import { fingerprint } from '../desired/fingerprint.ts';
import { firewallTable } from '../desired/names.ts';
import type { ObservedFirewall } from '../observe/observed.ts';
import { makeStep } from './make-step.ts';
import type { FirewallStep } from './step.ts';

export interface FirewallPlan {
  readonly setting: readonly FirewallStep[];
  readonly removing: readonly FirewallStep[];
}

export const planFirewall = (
  desired: Firewall | undefined,
  observed: ObservedFirewall,
): FirewallPlan => {
  if (desired === undefined) {
    return { setting: [], removing: observed.table === undefined ? [] : [removeStep] };
  }
  const reason = settingReason(desired, observed);
  if (reason === undefined) return { setting: [], removing: [] };
  return {
    setting: [
      makeStep<FirewallStep>({
        resource: 'firewall',
        verb: observed.table === undefined ? 'add' : 'change',
        key: firewallTable,
        old: undefined,
        new: desired,
        reason,
      }),
    ],
    removing: [],
  };
};

const settingReason = (
  { text }: Firewall,
  { table, applied }: ObservedFirewall,
): string | undefined => {
  if (table === undefined) {
    return applied === undefined
      ? 'no table yet'
      : 'it is gone: this host was restarted, or somebody removed it';
  }
  if (applied === undefined) return 'the table is not known to be as it should be';
  if (applied.text !== fingerprint(text)) return 'its links, addresses or neighbours change';
  return applied.table === table ? undefined : 'somebody changed the table';
};

const removeStep = makeStep<FirewallStep>({
  resource: 'firewall',
  verb: 'remove',
  key: firewallTable,
  old: undefined,
  new: undefined,
  reason: 'no firewall of ours is wanted here',
});
