// The order that keeps a host reachable and FRR alive.
import { describe, expect, it } from 'vitest';
import { linkName } from '../../../client/desired/names.ts';
import { observe } from '../../../client/observe/observe.ts';
import { makeStep } from '../../../client/plan/make-step.ts';
import { cleanPlan, planFrom } from '../../../client/plan/plan-from.ts';
import { printPlan } from '../../../client/plan/print-plan.ts';
import type { FrrStep, Plan } from '../../../client/plan/step.ts';
import { planSysctls, restoreSysctls } from '../../../client/plan/sysctl.ts';
import { converge, planOn } from '../../contract/kernel.ts';
import { fakeKernel } from '../../fake/kernel.ts';
import { configFixture, gathers, nodeFixture, viewFixture } from '../../fake/view.ts';

const frrStep = (key: string): FrrStep =>
  makeStep<FrrStep>({
    resource: 'frr',
    verb: 'change',
    key,
    old: undefined,
    new: undefined,
    reason: 'test',
  });

const three = viewFixture(nodeFixture(1), [nodeFixture(2), nodeFixture(3)]);
const remadeAndGone = viewFixture(nodeFixture(1), [nodeFixture(2, { linkDriver: 'vxlan' })]);

const planWithFrr = async (): Promise<{ plan: Plan; remade: readonly string[] }> => {
  const kernel = fakeKernel();
  await converge(kernel, three);
  const { desired, observed } = await planOn(kernel, remadeAndGone, configFixture());
  let told: readonly string[] = [];
  const plan = planFrom(desired, observed, (remade) => {
    told = remade;
    return [frrStep('neighbours'), frrStep('configuration')];
  });
  return { plan, remade: told };
};

describe('FRR and links', () => {
  it('is told which links are remade', async () => {
    expect((await planWithFrr()).remade).toEqual([linkName(nodeFixture(2).name)]);
  });

  it('loses a neighbour before its link, and hears of new ones after', async () => {
    const { plan } = await planWithFrr();
    const [remade, gone] = [linkName(nodeFixture(2).name), linkName(nodeFixture(3).name)];
    const at = (id: string) => plan.findIndex((step) => step.id === id);
    const order = [
      'frr/neighbours/change',
      `link/${remade}/remove`,
      `link/${remade}/add`,
      `sysctl/net/ipv6/conf/${remade}/accept_ra/change`,
      'frr/configuration/change',
      `link/${gone}/remove`,
    ].map(at);
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('cuts a removed peer off before FRR takes its time', async () => {
    const { plan } = await planWithFrr();
    const cut = plan.findIndex(
      ({ resource, verb }) => resource === 'wireguard-peer' && verb === 'remove',
    );
    expect(cut).toBeGreaterThan(-1);
    expect(cut).toBeLessThan(plan.findIndex(({ id }) => id === 'frr/configuration/change'));
  });

  it('takes rules and routes away before FRR takes its time', async () => {
    const kernel = fakeKernel();
    const gatherer = nodeFixture(2, { gathering: [gathers('192.0.2.0/27')] });
    await converge(kernel, viewFixture(nodeFixture(1), [gatherer]));
    const { desired, observed } = await planOn(kernel, three, configFixture());
    const plan = planFrom(desired, observed, () => [frrStep('configuration')]);
    const rule = plan.findIndex(({ resource, verb }) => resource === 'rule' && verb === 'remove');
    expect(rule).toBeGreaterThan(-1);
    expect(rule).toBeLessThan(plan.findIndex(({ id }) => id === 'frr/configuration/change'));
  });

  it('keeps a link that FRR did not let go', async () => {
    const { plan } = await planWithFrr();
    const needs = (id: string) => plan.find((step) => step.id === id)?.needs;
    expect(needs(`link/${linkName(nodeFixture(2).name)}/remove`)).toEqual([
      'frr/neighbours/change',
    ]);
    expect(needs(`link/${linkName(nodeFixture(3).name)}/remove`)).toEqual([
      'frr/configuration/change',
    ]);
  });

  it('holds no departed link back where its container is not even made', async () => {
    const kernel = fakeKernel();
    await converge(kernel, three);
    const { desired, observed } = await planOn(kernel, remadeAndGone, configFixture());
    const container: FrrStep = { ...frrStep('container'), verb: 'add' };
    const plan = planFrom(desired, observed, () => [container, frrStep('configuration')]);
    const leaving = plan.filter(({ resource, verb }) => resource === 'link' && verb === 'remove');
    expect(leaving.at(-1)?.needs).toEqual([]);
  });

  it('goes first when all is cleaned', async () => {
    const kernel = fakeKernel();
    await converge(kernel, three);
    const plan = cleanPlan(await observe(kernel.host), [frrStep('container')]);
    expect(plan[0]?.resource).toBe('frr');
    expect(plan.at(-1)?.resource).toBe('sysctl');
  });
});

describe('sysctls', () => {
  const [forwarding, advertisements] = [
    'net/ipv6/conf/all/forwarding',
    'net/ipv6/conf/eth0/accept_ra',
  ];

  it('keep advertisements before forwarding, which needs them', () => {
    const desired = [
      { key: forwarding, value: '1' },
      { key: advertisements, value: '2' },
    ];
    const { host } = planSysctls(desired, { sysctls: [] });
    expect(host.map(({ key }) => key)).toEqual([advertisements, forwarding]);
    expect(host[1]?.needs).toEqual([host[0]?.id]);
  });

  it('go back for all interfaces before each, whatever the value is now', () => {
    const own = 'net/ipv6/conf/eth1/forwarding';
    const saved = [
      { key: own, prior: '1', applied: '1' },
      { key: forwarding, prior: '0', applied: '1' },
    ];
    const steps = restoreSysctls(saved, { sysctls: [{ key: forwarding, value: '1' }] });
    expect(steps.map((step) => [step.old?.value, step.new])).toEqual([
      ['1', { key: forwarding, value: '0' }],
      [undefined, { key: own, value: '1' }],
    ]);
  });

  it('go back the other way, but not over what somebody set since', () => {
    const saved = [
      { key: advertisements, prior: '1', applied: '2' },
      { key: forwarding, prior: '0', applied: '1' },
    ];
    const sysctls = [
      { key: advertisements, value: '0' },
      { key: forwarding, value: '1' },
    ];
    expect(restoreSysctls(saved, { sysctls }).map((step) => step.new)).toEqual([
      { key: forwarding, value: '0' },
      { key: advertisements, value: '0' },
    ]);
  });
});

describe('a plan', () => {
  it('has every id once, and needs only steps that come before', async () => {
    const { plan } = await planWithFrr();
    const ids = plan.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [index, step] of plan.entries()) {
      expect(ids.slice(0, index)).toEqual(expect.arrayContaining([...step.needs]));
    }
  });

  it('is printed in plain words', async () => {
    const kernel = fakeKernel();
    const { plan } = await planOn(
      kernel,
      viewFixture(nodeFixture(1), [nodeFixture(2)]),
      configFixture(),
    );
    await expect(printPlan(plan)).toMatchFileSnapshot('../../golden/plan/first-peer.txt');
    expect(printPlan([])).toBe('nothing to do\n');
  });
});
