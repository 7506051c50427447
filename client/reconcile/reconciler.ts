// Turns the crank when something woke it: one turn at a time, and never busier than it must be.
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { View } from '../../shared/mesh/view.ts';
import type { Plan, StepOutcome } from '../plan/step.ts';
import { nextTry, troublesAfter, withoutHeld, type Troubles } from './hold-back.ts';
import { Chronicle } from './chronicle.ts';
import type { Survey, TurnResult } from './turn.ts';
import {
  causeOf,
  isOnlyRoutes,
  paceAfterTurn,
  paceAtTurn,
  resyncMs,
  startingPace,
  wakeFor,
  type Cause,
  type Pace,
} from './wake.ts';

export interface ReconcilerGiven {
  readonly survey: (view: View | undefined) => Promise<Survey>;
  readonly apply: (survey: Survey, plan: Plan) => Promise<TurnResult>;
  /** Only rules and routes: after a route event alone, and while a turn waits for FRR. */
  readonly followRoutes: (view: View | undefined) => Promise<readonly StepOutcome[]>;
  readonly clock: Clock;
  readonly log: Log;
  readonly view: View | undefined;
  /** Called after every turn; `held` steps were wanted but not tried. */
  readonly onTurn: (turn: Turn) => void;
}

export interface Turn extends TurnResult {
  readonly held: Plan;
}

export class Reconciler {
  readonly #given: ReconcilerGiven;
  readonly #chronicle: Chronicle;
  #view: View | undefined;
  #pace: Pace;
  #troubles: Troubles = new Map();
  #gathers = false;
  #turning: Promise<void> | undefined;
  #wholeTurnAt = Number.NEGATIVE_INFINITY;
  #waitsForFrr = false;
  #routesMoved = false;
  #following: Promise<void> | undefined;
  #cancel: () => void = () => undefined;
  #live = true;

  constructor(given: ReconcilerGiven) {
    this.#given = given;
    this.#chronicle = new Chronicle(given.log);
    this.#pace = startingPace(given.clock.now());
    this.#setView(given.view);
  }

  start(): void {
    this.wake('operator');
  }

  takeView(view: View): void {
    this.#setView(view);
    this.wake('view');
  }

  /** A line of `ip monitor`. */
  takeKernelLine(line: string): void {
    const cause = causeOf(line, this.#gathers);
    if (cause !== undefined) this.wake(cause);
  }

  wake(cause: Cause): void {
    if (!this.#live) return;
    this.#pace = wakeFor(this.#pace, cause, this.#given.clock.now());
    if (cause === 'route') this.#follow();
    this.#schedule();
  }

  /** FRR can take a minute, and meanwhile this turn does nothing else: a dead gatherer must not wait for it. */
  async whileFrr<T>(act: () => Promise<T>): Promise<T> {
    this.#waitsForFrr = true;
    if (this.#pace.causes.includes('route')) this.#follow();
    try {
      return await act();
    } finally {
      this.#waitsForFrr = false;
      // Two that change one table would each find the other's work done.
      await this.#following;
    }
  }

  /** The turn that runs is finished; no other starts. What is configured stays. */
  async stop(): Promise<void> {
    this.#live = false;
    this.#cancel();
    await this.#turning;
  }

  #setView(view: View | undefined): void {
    this.#view = view;
    this.#gathers = view?.peers.some((peer) => peer.gathering.length > 0) ?? false;
  }

  #schedule(): void {
    const { dueAt } = this.#pace;
    this.#cancel();
    if (!this.#live || this.#turning !== undefined || dueAt === undefined) return;
    this.#cancel = this.#given.clock.after(Math.max(0, dueAt - this.#given.clock.now()), () => {
      this.#turning = this.#turn().finally(() => {
        this.#turning = undefined;
        this.#schedule();
      });
    });
  }

  /** An event that comes while it looks makes it look again. */
  #follow(): void {
    this.#routesMoved = this.#waitsForFrr;
    if (!this.#waitsForFrr || this.#following !== undefined) return;
    this.#following = this.#followOn().finally(() => {
      this.#following = undefined;
    });
  }

  async #followOn(): Promise<void> {
    while (this.#routesMoved) {
      this.#routesMoved = false;
      await this.#followOnce();
    }
  }

  async #followOnce(): Promise<void> {
    try {
      const outcomes = await this.#given.followRoutes(this.#view);
      this.#chronicle.tellOutcomes(outcomes, this.#troubles);
    } catch (fault) {
      this.#chronicle.tellFault(fault);
    }
  }

  async #turn(): Promise<void> {
    const { clock } = this.#given;
    const startedAt = clock.now();
    const { causes } = this.#pace;
    this.#pace = paceAtTurn(this.#pace);
    if (isOnlyRoutes(causes) && startedAt - this.#wholeTurnAt < resyncMs) await this.#followOnce();
    else await this.#wholeTurn(causes);
    const resyncFrom = this.#wholeTurnAt;
    this.#pace = paceAfterTurn(this.#pace, { startedAt, endedAt: clock.now(), resyncFrom });
  }

  async #wholeTurn(causes: readonly Cause[]): Promise<void> {
    this.#wholeTurnAt = this.#given.clock.now();
    try {
      await this.#reconcile(causes);
    } catch (fault) {
      this.#chronicle.tellFault(fault);
    }
  }

  async #reconcile(causes: readonly Cause[]): Promise<void> {
    const { clock } = this.#given;
    const surveyed = await this.#given.survey(this.#view);
    this.#chronicle.tellComplaints(surveyed.complaints);
    const { plan, held } = withoutHeld(surveyed.plan, this.#troubles, clock.now());
    this.#chronicle.tellStart(plan, { causes, troubles: this.#troubles });
    const result = await this.#given.apply(surveyed, plan);
    this.#troubles = troublesAfter(this.#troubles, result.outcomes, clock.now());
    this.#chronicle.tellOutcomes(result.outcomes, this.#troubles);
    const retryAt = nextTry(held, this.#troubles);
    if (retryAt !== undefined) {
      this.#pace = wakeFor(this.#pace, 'retry', retryAt);
    }
    this.#given.onTurn({ ...result, held });
  }
}
