import { describe, expect, test } from 'vitest';
import type { Frr } from '../../../client/desired/desired.ts';
import { fingerprint } from '../../../client/desired/fingerprint.ts';
import { frrFile, frrSpecOf } from '../../../client/desired/frr-container.ts';
import { frrFor } from '../../../client/desired/frr.ts';
import type { ObservedFrr } from '../../../client/observe/observed.ts';
import { planFrr } from '../../../client/plan/frr.ts';
import { frrInputFor, peerOf } from '../desired/frr-case.ts';

const wanted = frrFor(frrInputFor({ peers: [peerOf(2)] }))!;
const file = frrFile(wanted, 'frr.conf')!;

const converged: ObservedFrr = {
  container: { running: true, imageId: 'sha256:1', spec: frrSpecOf(wanted)! },
  imageId: 'sha256:1',
  fault: undefined,
  silent: [],
  file,
  running: 'runs',
  applied: { file: fingerprint(file), running: 'runs' },
  version: '10.3',
  rpki: true,
};

const plan = (
  change: Partial<ObservedFrr>,
  desired: Frr | undefined = wanted,
  detach: readonly string[] = [],
): readonly string[] =>
  planFrr(desired, { ...converged, ...change }, detach).map(
    ({ key, verb, reason }) => `${verb} ${key}: ${reason}`,
  );

const container = converged.container!;

describe('FRR as wanted', () => {
  test('needs nothing', () => {
    expect(plan({})).toEqual([]);
  });

  test('stays when its image has gone from the host', () => {
    expect(plan({ imageId: undefined })).toEqual([]);
  });
});

describe('the container', () => {
  test.each([
    ['add container: the container is not there', { container: undefined }],
    ['change container: the container is stopped', { container: { ...container, running: false } }],
    ['change container: image name or settings changed', { container: { ...container, spec: '' } }],
    [`change container: the image ${wanted.image} changed`, { imageId: 'sha256:2' }],
    ['change container: no answer from bgpd', { silent: ['bgpd'] }],
  ])('%s', (step, change) => {
    expect(plan(change)).toEqual([step, 'change configuration: FRR starts anew']);
  });

  test('an engine that does not answer is the reason', () => {
    const [first] = plan({ container: undefined, fault: 'Docker does not answer: start it' });
    expect(first).toBe('add container: Docker does not answer: start it');
  });

  test('the configuration waits for it', () => {
    const steps = planFrr(wanted, { ...converged, container: undefined }, []);
    expect(steps[1]?.needs).toEqual(['frr/container/add']);
  });

  test('goes when FRR is not wanted', () => {
    expect(planFrr(undefined, converged, [])).toMatchObject([{ key: 'container', verb: 'remove' }]);
    expect(planFrr(undefined, { ...converged, container: undefined }, [])).toEqual([]);
  });
});

describe('the configuration', () => {
  test.each([
    ['frr.conf is not there', { file: undefined }],
    ['frr.conf was changed by someone else', { file: 'vandal' }],
    ['frr.conf changes', { file: 'old', applied: { file: fingerprint('old'), running: 'runs' } }],
    ['frr.conf is not known to be applied', { applied: undefined }],
    ['FRR does not run what frr.conf says', { running: 'other' }],
  ])('%s', (reason, change) => {
    expect(plan(change)).toEqual([`change configuration: ${reason}`]);
  });

  test('that could not be rendered leaves the container alone and says why', () => {
    const broken: Frr = { ...wanted, configuration: { ok: false, reason: 'template line 3' } };
    expect(plan({}, broken)).toEqual(['change configuration: template line 3']);
  });

  test('neighbours leave before their links are remade, and come back', () => {
    expect(plan({}, wanted, ['mo-b', 'mo-a'])).toEqual([
      'remove neighbours: links are remade: mo-a, mo-b',
      'change configuration: neighbours come back to their links',
    ]);
  });

  test('nobody is taken out of an FRR that does not run', () => {
    expect(plan({ container: undefined }, wanted, ['mo-a'])[0]).toMatch(/^add container/);
  });
});
