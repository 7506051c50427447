// Executes a plan in its order, in as few processes as can be; a failed step stops only its dependants.
import type { KernelHost } from '../host/ports.ts';
import type {
  FrrStep,
  LinkStep,
  Plan,
  Step,
  StepOutcome,
  WireGuardPeerStep,
} from '../plan/step.ts';
import { addressLines } from './address.ts';
import { applyFirewall } from './firewall.ts';
import { runBatch, type BatchedStep, type Lane } from './batch.ts';
import { farewell, farewellLine, linkLines, mendLines } from './link.ts';
import { routeLines } from './route.ts';
import { ruleLines } from './rule.ts';
import { applySysctl } from './sysctl.ts';
import { applyDevice, applyPeers, startUserspace } from './wireguard.ts';

/** Carries out the FRR steps, which need the container engine; gives errors by step id. */
export type ApplyFrr = (steps: readonly FrrStep[]) => Promise<ReadonlyMap<string, string>>;

type Errors = ReadonlyMap<string, string>;

/** Never rejects for what one step does; outcomes stand in the plan's order. */
export const applyPlan = async (
  plan: Plan,
  host: KernelHost,
  applyFrr: ApplyFrr,
): Promise<readonly StepOutcome[]> => {
  const outcomes = new Map<string, StepOutcome>();
  for (const group of groupsOf(plan)) {
    const ready: Step[] = [];
    for (const step of group) {
      const because = step.needs.find((id) => isBad(outcomes.get(id)));
      if (because === undefined) ready.push(step);
      else outcomes.set(step.id, { step, result: 'skipped', because });
    }
    if (ready.length > 0) record(ready, await tryGroup(ready, host, applyFrr), outcomes);
  }
  return plan.flatMap((step) => outcomes.get(step.id) ?? []);
};

/** A fault (a full disk) costs the steps at hand, not the rest of the plan. */
const tryGroup = async (
  steps: readonly Step[],
  host: KernelHost,
  applyFrr: ApplyFrr,
): Promise<Errors> => {
  try {
    return await applyGroup(steps, host, applyFrr);
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : String(fault);
    return new Map(steps.map(({ id }) => [id, message]));
  }
};

const isBad = (outcome: StepOutcome | undefined): boolean =>
  outcome !== undefined && outcome.result !== 'done';

/** Within a group a dependant was tried all the same: its error is then that of what it needs. */
const record = (
  steps: readonly Step[],
  errors: Errors,
  outcomes: Map<string, StepOutcome>,
): void => {
  for (const step of steps) {
    const error = errors.get(step.id);
    const because = step.needs.find((id) => isBad(outcomes.get(id)));
    if (error === undefined) outcomes.set(step.id, { step, result: 'done' });
    else if (because !== undefined) outcomes.set(step.id, { step, result: 'skipped', because });
    else outcomes.set(step.id, { step, result: 'failed', error });
  }
};

/** Neighbouring steps that one process or call can take together. */
const groupsOf = (plan: Plan): readonly (readonly Step[])[] => {
  const groups: Step[][] = [];
  let last: string | undefined;
  for (const step of plan) {
    const way = wayOf(step);
    if (way === last) groups.at(-1)?.push(step);
    else groups.push([step]);
    last = way;
  }
  return groups;
};

const wayOf = (step: Step): string => {
  switch (step.resource) {
    case 'link':
      return isUserspaceStart(step) ? 'userspace' : step.verb === 'remove' ? 'farewell' : 'ip any';
    case 'address':
      return 'ip any';
    case 'rule':
    case 'route':
      return `ip ${String((step.new ?? step.old)?.family)}`;
    case 'wireguard':
    case 'wireguard-peer':
    case 'sysctl':
    case 'firewall':
    case 'frr':
      return step.resource;
  }
};

const isUserspaceStart = ({ verb, new: link }: LinkStep): boolean =>
  verb === 'add' && link?.kind === 'wireguard' && link.implementation === 'userspace';

const applyGroup = (
  steps: readonly Step[],
  host: KernelHost,
  applyFrr: ApplyFrr,
): Promise<Errors> => {
  const [first] = steps;
  switch (first?.resource) {
    case 'wireguard-peer':
      return applyPeers(steps.filter(isPeerStep), host);
    case 'frr':
      return applyFrr(steps.filter(isFrrStep));
    case 'sysctl':
    case 'firewall':
    case 'wireguard':
      return oneAfterAnother(steps, host);
    case 'link':
    case 'address':
    case 'rule':
    case 'route':
    case undefined:
      return applyIp(steps, host);
  }
};

const isPeerStep = (step: Step): step is WireGuardPeerStep => step.resource === 'wireguard-peer';
const isFrrStep = (step: Step): step is FrrStep => step.resource === 'frr';

const oneAfterAnother = async (steps: readonly Step[], host: KernelHost): Promise<Errors> => {
  const errors = new Map<string, string>();
  for (const step of steps) {
    const error = await applyAlone(step, errors, host);
    if (error !== undefined) errors.set(step.id, error);
  }
  return errors;
};

const applyAlone = async (
  step: Step,
  errors: Errors,
  host: KernelHost,
): Promise<string | undefined> => {
  const failed = step.needs.find((id) => errors.has(id));
  if (failed !== undefined) return `${failed} failed`;
  if (step.resource === 'sysctl') return applySysctl(step, host);
  if (step.resource === 'firewall') return applyFirewall(step, host);
  return step.resource === 'wireguard' ? applyDevice(step, host) : undefined;
};

/** Fewer than this are deleted one by one: moving them to a group first would not pay. */
const togetherFrom = 4;

const applyIp = async (steps: readonly Step[], host: KernelHost): Promise<Errors> => {
  const [first] = steps;
  if (first === undefined) return new Map();
  if (first.resource === 'link' && isUserspaceStart(first)) return makeUserspace(first, host);
  const batched = steps.map((step): BatchedStep => ({ step, lines: linesOf(step) }));
  if (wayOf(first) === 'farewell' && steps.length >= togetherFrom) {
    return removeTogether(steps, host);
  }
  return runBatch(host.commands, laneOf(first), batched);
};

const laneOf = (step: Step): Lane =>
  step.resource === 'rule' || step.resource === 'route'
    ? ((step.new ?? step.old)?.family ?? 'any')
    : 'any';

const linesOf = (step: Step): readonly string[] => {
  switch (step.resource) {
    case 'link':
      return linkLines(step);
    case 'address':
      return addressLines(step);
    case 'rule':
      return ruleLines(step);
    case 'route':
      return routeLines(step);
    case 'wireguard':
    case 'wireguard-peer':
    case 'sysctl':
    case 'firewall':
    case 'frr':
      return [];
  }
};

const removeTogether = (steps: readonly Step[], host: KernelHost): Promise<Errors> => {
  const links = steps.filter((step): step is LinkStep => step.resource === 'link');
  return runBatch(
    host.commands,
    'any',
    links.map((step, index) => ({
      step,
      lines: [farewellLine(step), ...(index === links.length - 1 ? [farewell] : [])],
    })),
  );
};

const makeUserspace = async (step: LinkStep, host: KernelHost): Promise<Errors> => {
  const link = step.new;
  if (link?.kind !== 'wireguard') return new Map();
  const error = await startUserspace(link, host);
  if (error !== undefined) return new Map([[step.id, error]]);
  return runBatch(host.commands, 'any', [{ step, lines: mendLines(link) }]);
};
