// FRR: its container, its configuration, and the neighbours of links that are about to be remade.
import type { Frr } from '../desired/desired.ts';
import { fingerprint } from '../desired/fingerprint.ts';
import { frrFile, frrSpecOf } from '../desired/frr-container.ts';
import type { ObservedFrr } from '../observe/observed.ts';
import { makeStep, stepId } from './make-step.ts';
import type { FrrStep } from './step.ts';

/** `detach`: interfaces that leave the kernel for a moment in this plan. */
export const planFrr = (
  desired: Frr | undefined,
  observed: ObservedFrr,
  detach: readonly string[],
): readonly FrrStep[] => {
  if (desired === undefined) return removal(observed);
  const container = containerStep(desired, observed);
  const running = observed.container?.running === true;
  const detached = running ? [...detach].sort() : [];
  const reason = configurationReason(desired, observed, {
    restarted: container !== undefined,
    detached,
  });
  return [
    ...(detached.length === 0 ? [] : [neighboursStep(desired, detached)]),
    ...(container === undefined ? [] : [container]),
    ...(reason === undefined ? [] : [configurationStep(desired, reason, container)]),
  ];
};

const removal = ({ container }: ObservedFrr): readonly FrrStep[] =>
  container === undefined
    ? []
    : [
        makeStep<FrrStep>({
          resource: 'frr',
          verb: 'remove',
          key: 'container',
          old: undefined,
          new: undefined,
          reason: 'FRR is not wanted here',
        }),
      ];

const neighboursStep = (frr: Frr, detach: readonly string[]): FrrStep => ({
  ...makeStep<FrrStep>({
    resource: 'frr',
    verb: 'remove',
    key: 'neighbours',
    old: undefined,
    new: frr,
    reason: `links are remade: ${detach.join(', ')}`,
  }),
  detach,
});

const containerStep = (desired: Frr, observed: ObservedFrr): FrrStep | undefined => {
  const reason = containerReason(desired, observed);
  return reason === undefined
    ? undefined
    : makeStep<FrrStep>({
        resource: 'frr',
        verb: observed.container === undefined ? 'add' : 'change',
        key: 'container',
        old: undefined,
        new: desired,
        reason,
      });
};

const containerReason = (desired: Frr, observed: ObservedFrr): string | undefined => {
  const { container, imageId, silent } = observed;
  const spec = frrSpecOf(desired);
  if (observed.fault !== undefined) return observed.fault;
  // Without files there is nothing to start a new one with.
  if (container === undefined) return spec === undefined ? undefined : 'the container is not there';
  if (spec !== undefined && container.spec !== spec) return 'image name or settings changed';
  if (spec !== undefined && imageId !== undefined && container.imageId !== imageId)
    return `the image ${desired.image} changed`;
  if (!container.running) return 'the container is stopped';
  return silent.length === 0 ? undefined : `no answer from ${silent.join(', ')}`;
};

const configurationReason = (
  desired: Frr,
  { file, applied, running }: ObservedFrr,
  plan: { readonly restarted: boolean; readonly detached: readonly string[] },
): string | undefined => {
  if (!desired.configuration.ok) return desired.configuration.reason;
  const wanted = frrFile(desired, 'frr.conf') ?? '';
  if (file === undefined) return 'frr.conf is not there';
  if (file !== wanted)
    return applied?.file === fingerprint(wanted)
      ? 'frr.conf was changed by someone else'
      : 'frr.conf changes';
  if (plan.detached.length > 0) return 'neighbours come back to their links';
  if (applied?.file !== fingerprint(wanted)) return 'frr.conf is not known to be applied';
  if (plan.restarted) return 'FRR starts anew';
  return applied.running === running ? undefined : 'FRR does not run what frr.conf says';
};

const configurationStep = (
  desired: Frr,
  reason: string,
  container: FrrStep | undefined,
): FrrStep => ({
  ...makeStep<FrrStep>({
    resource: 'frr',
    verb: 'change',
    key: 'configuration',
    old: undefined,
    new: desired,
    reason,
    needs: container === undefined ? [] : [stepId(container)],
  }),
});
