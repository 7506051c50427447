// FRR is not started while another program has BGP's port.
import { describe, expect, it } from 'vitest';
import { frrApplier } from '../../../client/apply/frr.ts';
import type { Frr } from '../../../client/desired/desired.ts';
import type { FrrHost, SocketHolder } from '../../../client/host/ports.ts';
import { makeStep } from '../../../client/plan/make-step.ts';
import type { FrrStep } from '../../../client/plan/step.ts';

const frr: Frr = {
  configuration: { ok: true, files: [] },
  image: 'none',
  neighbours: [],
};

const step = makeStep<FrrStep>({
  resource: 'frr',
  verb: 'add',
  key: 'container',
  old: undefined,
  new: frr,
  reason: 'test',
});

/** Everything else is out of order, so that going on is seen too. */
const errorWith = async (holders: readonly SocketHolder[]): Promise<string | undefined> => {
  const asked: number[] = [];
  const host = {
    stateDir: '/state',
    sockets: {
      listeners: (port: number) => {
        asked.push(port);
        return Promise.resolve(holders);
      },
    },
    containers: { find: () => Promise.reject(new Error('went on')) },
    images: { find: () => Promise.resolve(undefined) },
  } as unknown as FrrHost;
  const errors = await frrApplier(host)([step]);
  expect(asked).toEqual([179]);
  return errors.get(step.id);
};

const holder = (changes: Partial<SocketHolder> = {}): SocketHolder => ({
  pid: 77,
  program: 'bird',
  mounts: new Map([['/', '/']]),
  ...changes,
});

describe('port 179', () => {
  it('held by another program is named with its process', async () => {
    const error = await errorWith([holder()]);
    expect(error).toContain('held by bird (pid 77), so FRR is not started');
    expect(error).toContain('-frr none');
  });

  it('held by a process of another PID namespace is told too', async () => {
    const error = await errorWith([holder({ pid: undefined }), holder()]);
    expect(error).toContain('cannot be seen from here and bird (pid 77)');
  });

  it.each([
    ['nobody', []],
    ['our own FRR', [holder({ mounts: new Map([['/run/frr', '/lib/state/frr-run']]) })]],
  ])('held by %s: it goes on', async (_, holders) => {
    expect(await errorWith(holders)).toBe('went on');
  });

  it('held by the bgpd of another container', async () => {
    const mounts = new Map([['/run/frr', '/lib/other']]);
    expect(await errorWith([holder({ mounts })])).toContain('bird');
  });
});
