// The crank: one turn at a time, woken by what matters, with a clock that only moves when told.
import { beforeEach, describe, expect, it } from 'vitest';
import { Reconciler, type Turn } from '../../../client/reconcile/reconciler.ts';
import type { Survey } from '../../../client/reconcile/turn.ts';
import type { Plan, Step, StepOutcome } from '../../../client/plan/step.ts';
import type { Log } from '../../../shared/log/log.ts';
import type { View } from '../../../shared/mesh/view.ts';
import { FakeClock, settle } from '../../fake/clock.ts';
import { gathers, nodeFixture, viewFixture } from '../../fake/view.ts';

const view = viewFixture(nodeFixture(1), [nodeFixture(2)]);

const step = (key: string): Step => ({
  resource: 'rule',
  verb: 'add',
  key,
  id: `rule/${key}/add`,
  old: undefined,
  new: undefined,
  reason: 'it is missing',
  needs: [],
});

/** A host where the test says what is to be done and what comes of it. */
class Stage {
  readonly clock = new FakeClock();
  readonly lines: string[] = [];
  readonly turns: Turn[] = [];
  readonly surveyed: (View | undefined)[] = [];
  readonly applied: Plan[] = [];
  followed = 0;
  plan: Plan = [];
  failing: readonly string[] = [];
  complaints: readonly string[] = [];
  fault: Error | undefined;
  /** While set, turns wait for it. */
  gate: Promise<void> | undefined;
  readonly reconciler: Reconciler;

  constructor(saved?: View) {
    const take = (message: string, fields: object = {}): void => {
      this.lines.push(`${message} ${JSON.stringify(fields)}`);
    };
    const log: Log = { debug: () => undefined, info: take, warn: take, error: take };
    this.reconciler = new Reconciler({
      survey: (wanted) => this.#survey(wanted),
      apply: (surveyed, plan) => {
        if (plan.length > 0) this.applied.push(plan);
        return Promise.resolve({ ...surveyed, outcomes: plan.map((each) => this.#outcome(each)) });
      },
      followRoutes: () => {
        this.followed += 1;
        return Promise.resolve([]);
      },
      clock: this.clock,
      log,
      view: saved,
      onTurn: (turn) => this.turns.push(turn),
    });
  }

  async #survey(wanted: View | undefined): Promise<Survey> {
    this.surveyed.push(wanted);
    if (this.gate !== undefined) await this.gate;
    if (this.fault !== undefined) throw this.fault;
    const { plan, complaints } = this;
    return { view: wanted, plan, complaints } as unknown as Survey;
  }

  #outcome(each: Step): StepOutcome {
    return this.failing.includes(each.key)
      ? { step: each, result: 'failed', error: 'RTNETLINK answers: no' }
      : { step: each, result: 'done' };
  }
}

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

describe('reconciler', () => {
  it('makes a turn at its start and then one each resync', async () => {
    stage.reconciler.start();
    await stage.clock.advance(100);
    expect(stage.turns).toHaveLength(1);
    await stage.clock.advance(10_000);
    expect(stage.turns).toHaveLength(2);
  });

  it('makes one turn of a burst of events, with the latest view', async () => {
    stage.reconciler.takeView(viewFixture(nodeFixture(1), []));
    stage.reconciler.takeView(view);
    for (let i = 0; i < 100; i++) stage.reconciler.takeKernelLine('[RULE]1: from all lookup main');
    await stage.clock.advance(60);
    expect(stage.surveyed).toEqual([view]);
  });

  it('never runs two turns at once, and does not forget what came meanwhile', async () => {
    let open = (): void => undefined;
    stage.gate = new Promise((resolve) => {
      open = resolve;
    });
    stage.reconciler.takeView(view);
    await stage.clock.advance(60);
    stage.reconciler.takeView({ ...view, peers: [] });
    await stage.clock.advance(500);
    expect(stage.surveyed).toHaveLength(1);
    stage.gate = undefined;
    open();
    await settle();
    await stage.clock.advance(60);
    expect(stage.surveyed.at(-1)?.peers).toEqual([]);
  });

  it('follows BGP routes only where somebody gathers', async () => {
    const line = '[ROUTE]10.128.0.2 via fe80::1 dev mo-x proto bgp metric 20';
    stage.reconciler.takeKernelLine(line);
    await stage.clock.advance(1_000);
    expect(stage.turns).toHaveLength(0);
    const gatherer = nodeFixture(2, { gathering: [gathers('192.0.2.0/27')] });
    stage.reconciler.takeView(viewFixture(nodeFixture(1), [gatherer]));
    await stage.clock.advance(60);
    stage.reconciler.takeKernelLine(line);
    await stage.clock.advance(10);
    expect([stage.turns.length, stage.followed]).toEqual([1, 1]);
  });

  it('looks at everything as often as ever, however many BGP routes come and go', async () => {
    const gatherer = nodeFixture(2, { gathering: [gathers('192.0.2.0/27')] });
    stage.reconciler.takeView(viewFixture(nodeFixture(1), [gatherer]));
    for (let second = 0; second < 35; second++) {
      await stage.clock.advance(1_000);
      stage.reconciler.takeKernelLine('[ROUTE]10.128.0.2 via fe80::1 dev mo-x proto bgp metric 20');
    }
    expect(stage.turns.length).toBeGreaterThanOrEqual(5);
    expect(stage.followed).toBeGreaterThan(20);
  });
});

describe('reconciler, while a turn waits for FRR', () => {
  const died = '[ROUTE]Deleted 10.128.0.2 via fe80::1 dev mo-x proto bgp metric 20';
  const gatherer = nodeFixture(2, { gathering: [gathers('192.0.2.0/27')] });

  it('follows each route event at once, and none before or after', async () => {
    stage.reconciler.takeView(viewFixture(nodeFixture(1), [gatherer]));
    stage.reconciler.takeKernelLine(died);
    expect(stage.followed).toBe(0);
    const seen = await stage.reconciler.whileFrr(async () => {
      await settle();
      const before = stage.followed;
      stage.reconciler.takeKernelLine(died);
      stage.reconciler.takeKernelLine('[RULE]1: from all lookup main');
      await settle();
      return [before, stage.followed];
    });
    stage.reconciler.takeKernelLine(died);
    await settle();
    expect([...seen, stage.followed]).toEqual([1, 2, 2]);
  });

  it('looks again when an event comes while it looks', async () => {
    stage.reconciler.takeView(viewFixture(nodeFixture(1), [gatherer]));
    await stage.reconciler.whileFrr(async () => {
      stage.reconciler.takeKernelLine(died);
      stage.reconciler.takeKernelLine(died);
      await settle();
    });
    expect(stage.followed).toBe(2);
  });
});

describe('reconciler in trouble', () => {
  it('tries a failing step again by and by, and the others at once', async () => {
    stage.plan = [step('bad'), step('good')];
    stage.failing = ['bad'];
    stage.reconciler.takeView(view);
    await stage.clock.advance(60);
    stage.plan = [step('bad'), step('new')];
    stage.reconciler.takeView(view);
    await stage.clock.advance(60);
    expect(stage.applied.map((plan) => plan.map(({ key }) => key))).toEqual([
      ['bad', 'good'],
      ['new'],
    ]);
    expect(stage.turns[1]?.held.map(({ key }) => key)).toEqual(['bad']);
    await stage.clock.advance(1_500);
    expect(stage.applied[2]?.map(({ key }) => key)).toContain('bad');
  });

  it('tells one lasting failure once, and the complaint too', async () => {
    stage.plan = [step('bad')];
    stage.failing = ['bad'];
    stage.complaints = ['no underlay: use -underlay'];
    stage.reconciler.takeView(view);
    await stage.clock.advance(120_000);
    expect(stage.lines.filter((line) => line.includes('failed: + rule bad'))).toHaveLength(1);
    expect(stage.lines.filter((line) => line.includes('no underlay'))).toHaveLength(1);
    expect(stage.lines.find((line) => line.includes('failed'))).toContain('RTNETLINK answers: no');
  });

  it('survives a host that cannot be read, says so once, and goes on', async () => {
    stage.fault = new Error('ip: not found');
    stage.reconciler.takeView(view);
    await stage.clock.advance(30_000);
    expect(stage.lines).toEqual(['this turn could not be finished {"error":"ip: not found"}']);
    stage.fault = undefined;
    await stage.clock.advance(10_000);
    expect(stage.turns.length).toBeGreaterThan(0);
  });

  it('starts from the saved view without a controller', async () => {
    stage = new Stage(view);
    stage.reconciler.start();
    await stage.clock.advance(60);
    expect(stage.surveyed).toEqual([view]);
  });

  it('stops after the turn that runs, and makes no other', async () => {
    stage.reconciler.takeView(view);
    await stage.clock.advance(60);
    await stage.reconciler.stop();
    stage.reconciler.takeView(view);
    await stage.clock.advance(60_000);
    expect(stage.turns).toHaveLength(1);
    expect(stage.clock.nextAt).toBeUndefined();
  });
});
