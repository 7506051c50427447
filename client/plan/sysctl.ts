// The sysctls row: advertisements are kept before forwarding is switched on.
import type { Sysctl } from '../desired/desired.ts';
import { namePrefix } from '../desired/names.ts';
import type { Observed, SavedSysctl } from '../observe/observed.ts';
import { makeStep } from './make-step.ts';
import type { SysctlStep } from './step.ts';

export interface SysctlPlan {
  /** Of the host. */
  readonly host: readonly SysctlStep[];
  /** Of our links, which must exist first. */
  readonly links: readonly SysctlStep[];
}

export const planSysctls = (
  desired: readonly Sysctl[],
  observed: Pick<Observed, 'sysctls'>,
): SysctlPlan => {
  const values = new Map(observed.sysctls.map(({ key, value }) => [key, value]));
  const steps = desired
    .filter(({ key, value }) => values.get(key) !== value)
    .map((sysctl) => setStep(sysctl, values.get(sysctl.key)));
  const host = steps.filter(({ key }) => !isOfOurLink(key));
  const advertisements = host.filter(({ key }) => !isForwarding(key));
  const needs = advertisements.map(({ id }) => id);
  return {
    host: [
      ...advertisements,
      ...host.filter(({ key }) => isForwarding(key)).map((step) => ({ ...step, needs })),
    ],
    links: steps.filter(({ key }) => isOfOurLink(key)),
  };
};

/** Prior values go back in the other order: forwarding first, that of all interfaces before each one's own. */
export const restoreSysctls = (
  saved: readonly SavedSysctl[],
  { sysctls }: Pick<Observed, 'sysctls'>,
): readonly SysctlStep[] => {
  const steps = saved.map(({ key, prior, applied }) => {
    if (isForwarding(key) && !isForAll(key)) return restoreInterface(key, prior);
    const current = sysctls.find((sysctl) => sysctl.key === key)?.value ?? applied;
    return makeStep<SysctlStep>({
      resource: 'sysctl',
      verb: 'remove',
      key,
      old: { key, value: current },
      new: { key, value: current === applied ? prior : current },
      reason: current === applied ? `it was ${prior} before us` : 'somebody set it since',
    });
  });
  return [
    ...steps.filter(({ key }) => isForwarding(key) && isForAll(key)),
    ...steps.filter(({ key }) => isForwarding(key) && !isForAll(key)),
    ...steps.filter(({ key }) => !isForwarding(key)),
  ];
};

/** Its value now says nothing: the step before, for all interfaces, overwrites it. */
const restoreInterface = (key: string, prior: string): SysctlStep =>
  makeStep<SysctlStep>({
    resource: 'sysctl',
    verb: 'remove',
    key,
    old: undefined,
    new: { key, value: prior },
    reason: `it was ${prior} before us, unlike that of all interfaces`,
  });

const isForAll = (key: string): boolean => key.includes('/all/');

const isForwarding = (key: string): boolean => key.endsWith('/forwarding');

export const isOfOurLink = (key: string): boolean =>
  key.split('/')[3]?.startsWith(namePrefix) === true;

const setStep = (sysctl: Sysctl, current: string | undefined): SysctlStep =>
  makeStep<SysctlStep>({
    resource: 'sysctl',
    verb: 'change',
    key: sysctl.key,
    old: current === undefined ? undefined : { key: sysctl.key, value: current },
    new: sysctl,
    reason:
      current === undefined ? 'it is not set yet' : `it is ${current}, wanted ${sysctl.value}`,
  });
