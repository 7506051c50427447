// Removes all that is ours from the host and nothing else; needs no controller.
import { wireguardInterface } from '../desired/names.ts';
import { observe } from '../observe/observe.ts';
import { applyPlan } from '../apply/apply-plan.ts';
import { identityPath } from '../identity/identity.ts';
import { cleanPlan } from '../plan/plan-from.ts';
import { planFrr } from '../plan/frr.ts';
import { applyFrrFor } from '../reconcile/turn.ts';
import { Chronicle } from '../reconcile/chronicle.ts';
import type { AgentParts } from './parts.ts';

export const cleanHost = async (parts: AgentParts): Promise<number> => {
  const { host, config, log } = parts;
  const side = parts.frr?.side;
  const [observed, observedFrr] = await Promise.all([observe(host), side?.observe()]);
  const removeFrr = observedFrr === undefined ? [] : planFrr(undefined, observedFrr, []);
  const plan = cleanPlan(observed, removeFrr);
  const outcomes = await applyPlan(plan, host, applyFrrFor(side));
  new Chronicle(log).tellOutcomes(outcomes, new Map());
  if (outcomes.some(({ result }) => result !== 'done')) {
    log.error('not all could be removed: see above, mend it and run "client -clean" again');
    return 1;
  }
  // Left by a wireguard-go that was killed; `wg show` would go on complaining about it.
  await host.files.remove(`/run/wireguard/${wireguardInterface}.sock`);
  log.info(plan.length === 0 ? 'nothing of ours was on this host' : 'removed all that was ours', {
    count: plan.length,
  });
  log.info('the keys of this node are kept, so that it can come back with the same addresses', {
    path: identityPath(config.stateDir),
  });
  return 0;
};
