// Tells what turns did, in plain words, and each lasting trouble only once.
import type { Log } from '../../shared/log/log.ts';
import { printStep } from '../plan/print-plan.ts';
import type { Plan, StepOutcome } from '../plan/step.ts';
import { isFight, type Troubles } from './hold-back.ts';

/** A first start with many peers is told as a figure, with the steps at debug level. */
const mostTold = 40;

export class Chronicle {
  readonly #log: Log;
  #complaints: ReadonlySet<string> = new Set();
  #failures = new Map<string, string>();
  #fault = '';

  constructor(log: Log) {
    this.#log = log;
  }

  tellComplaints(complaints: readonly string[]): void {
    for (const complaint of complaints) {
      if (!this.#complaints.has(complaint)) this.#log.warn(complaint);
    }
    this.#complaints = new Set(complaints);
  }

  /** FRR's steps take seconds: an operator sees that something is going on. */
  tellStart(
    plan: Plan,
    { causes, troubles }: { readonly causes: readonly string[]; readonly troubles: Troubles },
  ): void {
    if (plan.length === 0) return;
    const level = plan.some(({ id }) => !troubles.has(id)) ? 'info' : 'debug';
    this.#log[level]('steps to do', { count: plan.length, reason: causes.join(', ') });
  }

  tellOutcomes(outcomes: readonly StepOutcome[], troubles: Troubles): void {
    const done = outcomes.filter(({ result }) => result === 'done');
    for (const { step } of done) {
      if (done.length > mostTold) this.#log.debug(printStep(step), { step: step.id });
      else this.#log.info(printStep(step), { step: step.id });
      this.#failures.delete(step.id);
      if (isFight(troubles.get(step.id))) {
        this.#log.warn('another program keeps undoing this; find it and stop it', {
          step: step.id,
        });
      }
    }
    if (done.length > mostTold) this.#log.info('steps done', { count: done.length });
    for (const outcome of outcomes) this.#tellTrouble(outcome);
    this.#fault = '';
  }

  /** The host could not be looked at, or a defect of ours: the next turn tries again. */
  tellFault(fault: unknown): void {
    const text = fault instanceof Error ? fault.message : String(fault);
    if (text !== this.#fault) this.#log.error('this turn could not be finished', { error: text });
    this.#fault = text;
  }

  #tellTrouble(outcome: StepOutcome): void {
    const { step } = outcome;
    if (outcome.result === 'skipped') {
      this.#log.debug(`skipped: ${printStep(step)}`, { step: step.id, reason: outcome.because });
    }
    if (outcome.result !== 'failed') return;
    const { error } = outcome;
    if (this.#failures.get(step.id) === error)
      this.#log.debug(printStep(step), { step: step.id, error });
    else this.#log.error(`failed: ${printStep(step)}`, { step: step.id, error });
    this.#failures.set(step.id, error);
  }
}
