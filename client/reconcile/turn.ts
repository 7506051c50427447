// One turn of the crank: observe → facts → desired → plan → apply.
import type { Endpoint } from '../../shared/address/endpoint.ts';
import { endpointOf } from '../../shared/address/endpoint.ts';
import type { View } from '../../shared/mesh/view.ts';
import { applyPlan, type ApplyFrr } from '../apply/apply-plan.ts';
import type { AgentConfig } from '../config.ts';
import { desiredFor } from '../desired/desired-for.ts';
import type { Facts } from '../desired/facts.ts';
import { frrFor, originComplaints } from '../desired/frr.ts';
import type { KernelHost } from '../host/ports.ts';
import type { Identity } from '../identity/keys.ts';
import { factsFrom, hasKernelWireGuard } from '../observe/facts.ts';
import { observe } from '../observe/observe.ts';
import type { Observed, ObservedFrr } from '../observe/observed.ts';
import { forwardComplaintsFrom } from '../plan/forward-policy.ts';
import { planFrr } from '../plan/frr.ts';
import { planFrom } from '../plan/plan-from.ts';
import { poolOverlapsFrom } from '../plan/pool-overlap.ts';
import type { Plan, StepOutcome } from '../plan/step.ts';

/** FRR's part of the line, behind the container engine. */
export interface FrrSide {
  observe(): Promise<ObservedFrr>;
  /** Templates as an operator left them. */
  templates(): Promise<Facts['templates']>;
  readonly apply: ApplyFrr;
  /** Interfaces of peers that announce far too much. */
  flooding(): readonly string[];
}

export interface TurnGiven {
  readonly host: KernelHost;
  readonly config: AgentConfig;
  readonly identity: Identity;
  /** Undefined where FRR is switched off. */
  readonly frr: FrrSide | undefined;
}

/** What a look at the host says is to be done. */
export interface Survey {
  readonly view: View | undefined;
  readonly observed: Observed;
  readonly facts: Facts;
  readonly plan: Plan;
  readonly complaints: readonly string[];
}

export interface TurnResult extends Survey {
  readonly outcomes: readonly StepOutcome[];
}

/** Changes nothing. Without a view nothing of the mesh is to be done. */
export const survey = async (given: TurnGiven, view: View | undefined): Promise<Survey> => {
  const { host, config, identity, frr } = given;
  const [observed, observedFrr, templates] = await Promise.all([
    observe(host),
    frr?.observe(),
    frr?.templates() ?? {},
  ]);
  const facts = factsFrom({
    observed,
    config,
    kernelWireGuard: await hasKernelWireGuard(host, observed),
    frr: observedFrr && { ...observedFrr, flooding: frr?.flooding() ?? [] },
    templates,
  });
  if (view === undefined) return { view, observed, facts, plan: [], complaints: [] };
  const { wireguardKey } = identity;
  const { desired, complaints } = desiredFor({ view, config, facts, wireguardKey });
  const wanted = frrFor({ view, config, facts, links: desired.links });
  const plan = planFrom(desired, observed, (remade) =>
    observedFrr === undefined ? [] : planFrr(wanted, observedFrr, remade),
  );
  const overlaps = poolOverlapsFrom(view.settings, observed);
  const drops = forwardComplaintsFrom(observed.forwardDrops);
  const origins = originComplaints(facts, config);
  const all = [...overlaps, ...drops, ...complaints, ...origins];
  return { view, observed, facts, plan, complaints: all };
};

export const applySurvey = async (
  given: TurnGiven,
  surveyed: Survey,
  plan: Plan,
): Promise<TurnResult> => ({
  ...surveyed,
  outcomes: plan.length === 0 ? [] : await applyPlan(plan, given.host, applyFrrFor(given.frr)),
});

/** Of the plan only the rules and routes that need nothing else, and without asking FRR anything. */
export const followRoutes = async (
  given: TurnGiven,
  view: View | undefined,
): Promise<readonly StepOutcome[]> => {
  const kernel = { ...given, frr: undefined };
  const surveyed = await survey(kernel, view);
  const routing = surveyed.plan.filter(
    ({ resource, needs }) => (resource === 'rule' || resource === 'route') && needs.length === 0,
  );
  return (await applySurvey(kernel, surveyed, routing)).outcomes;
};

export const applyFrrFor = (frr: FrrSide | undefined): ApplyFrr =>
  frr === undefined ? () => Promise.resolve(new Map()) : frr.apply;

/** Where other nodes send their packets for this one. */
export const endpointsFor = (
  config: Pick<AgentConfig, 'endpoints' | 'port'>,
  facts: Pick<Facts, 'underlay'>,
): readonly Endpoint[] => {
  if (config.endpoints.length > 0) return config.endpoints;
  return facts.underlay === undefined ? [] : [endpointOf(facts.underlay.address, config.port)];
};
