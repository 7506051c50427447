// Reports: at once when something changed, else every few seconds, and never two looks at once.
import { describe, expect, it } from 'vitest';
import { Reporter } from '../../../client/status/reporter.ts';
import { silentLog } from '../../../shared/log/log.ts';
import type { NodeStatus } from '../../../shared/mesh/status.ts';
import { FakeClock } from '../../fake/clock.ts';

const calm: NodeStatus = {
  desired: undefined,
  applied: undefined,
  failedSteps: 0,
  failure: '',
  frrBackend: 'docker',
  frrVersion: '10.3',
  programVersion: '1',
  links: [],
};

const staged = (): {
  clock: FakeClock;
  reporter: Reporter;
  sent: NodeStatus[];
  state: { now: NodeStatus; fault?: Error };
} => {
  const clock = new FakeClock();
  const sent: NodeStatus[] = [];
  const state: { now: NodeStatus; fault?: Error } = { now: calm };
  const reporter = new Reporter({
    clock,
    log: silentLog,
    status: () =>
      state.fault === undefined ? Promise.resolve(state.now) : Promise.reject(state.fault),
    send: (status) => {
      sent.push(status);
      return Promise.resolve();
    },
  });
  return { clock, reporter, sent, state };
};

describe('reporter', () => {
  it('reports at its start and then every few seconds', async () => {
    const { clock, reporter, sent } = staged();
    reporter.start();
    await clock.advance(0);
    expect(sent).toHaveLength(1);
    await clock.advance(30_000);
    expect(sent).toHaveLength(4);
  });

  it('reports a change at the next look', async () => {
    const { clock, reporter, sent, state } = staged();
    reporter.start();
    await clock.advance(1_000);
    state.now = { ...calm, failedSteps: 1 };
    await clock.advance(3_000);
    expect(sent.map(({ failedSteps }) => failedSteps)).toEqual([0, 1]);
  });

  it('looks at once when told to', async () => {
    const { clock, reporter, sent, state } = staged();
    reporter.start();
    await clock.advance(0);
    state.now = { ...calm, frrVersion: '10.4' };
    await reporter.tick();
    expect(sent).toHaveLength(2);
    expect(reporter.last?.frrVersion).toBe('10.4');
  });

  it('survives a state that cannot be read', async () => {
    const { clock, reporter, sent, state } = staged();
    state.fault = new Error('no socket');
    reporter.start();
    await clock.advance(5_000);
    delete state.fault;
    await clock.advance(3_000);
    expect(sent).toHaveLength(1);
  });

  it('is silent once stopped', async () => {
    const { clock, reporter, sent } = staged();
    reporter.start();
    await clock.advance(0);
    reporter.stop();
    await clock.advance(60_000);
    expect(sent).toHaveLength(1);
    expect(clock.nextAt).toBeUndefined();
  });
});
