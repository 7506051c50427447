// Executing a plan: few processes, errors to the right step, dependants skipped, secrets kept.
import { describe, expect, it } from 'vitest';
import { applyPlan } from '../../../client/apply/apply-plan.ts';
import type { CommandOptions, CommandResult, KernelHost } from '../../../client/host/ports.ts';
import { makeStep } from '../../../client/plan/make-step.ts';
import type {
  AddressStep,
  LinkStep,
  RuleStep,
  Step,
  StepOutcome,
  SysctlStep,
  WireGuardStep,
} from '../../../client/plan/step.ts';
import type { Ip } from '../../../shared/address/ip.ts';
import { converge, planOn } from '../../contract/kernel.ts';
import { fakeKernel } from '../../fake/kernel.ts';
import { configFixture, nodeFixture, viewFixture, wireguardKeyFixture } from '../../fake/view.ts';

interface Run {
  readonly argv: readonly string[];
  readonly stdin: string;
}

/** Records commands and answers with `answer`; files and sysctls are the fake kernel's. */
const recordingHost = (
  answer: (run: Run) => Partial<CommandResult> = () => ({}),
): { host: KernelHost; runs: Run[] } => {
  const runs: Run[] = [];
  const { host } = fakeKernel();
  const run = (argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> => {
    const made = { argv, stdin: options.stdin ?? '' };
    runs.push(made);
    return Promise.resolve({ code: 0, stdout: '', stderr: '', ...answer(made) });
  };
  return { host: { ...host, commands: { ...host.commands, run } }, runs };
};

const noFrr = () => Promise.resolve(new Map<string, string>());

const addLink = (name: string): LinkStep =>
  makeStep<LinkStep>({
    resource: 'link',
    verb: 'add',
    key: name,
    old: undefined,
    new: { kind: 'dummy', name, mtu: 1500 },
    reason: 'test',
  });

const removeLink = (name: string): LinkStep =>
  makeStep<LinkStep>({ ...addLink(name), verb: 'remove', new: undefined });

const addAddress = (name: string, needs: readonly string[] = []): AddressStep =>
  makeStep<AddressStep>({
    resource: 'address',
    verb: 'add',
    key: `${name} fd00::1/128`,
    old: undefined,
    new: { interface: name, address: 'fd00::1' as Ip, length: 128 },
    reason: 'test',
    needs,
  });

const addRule = (family: 4 | 6): RuleStep =>
  makeStep<RuleStep>({
    resource: 'rule',
    verb: 'add',
    key: String(family),
    old: undefined,
    new: { family, priority: 20_000, from: undefined, fwmark: 1, action: { kind: 'nop' } },
    reason: 'test',
  });

const results = (outcomes: readonly StepOutcome[]): readonly string[] =>
  outcomes.map(({ step, result }) => `${step.key} ${result}`);

const apply = (plan: readonly Step[], host: KernelHost) => applyPlan(plan, host, noFrr);

describe('batches', () => {
  it('take links and addresses in one process, rules of each family in another', async () => {
    const { host, runs } = recordingHost();
    await apply([addLink('a'), addAddress('a'), addLink('b'), addRule(4), addRule(6)], host);
    expect(runs.map(({ argv }) => argv.join(' '))).toEqual([
      'ip -force -batch -',
      'ip -4 -force -batch -',
      'ip -6 -force -batch -',
    ]);
  });

  it('give a line’s error to its step, and skip what needs it', async () => {
    const stderr =
      'RTNETLINK answers: File exists\nCommand failed -:1\nCannot find device "a"\nCommand failed -:4\n';
    const { host } = recordingHost(() => ({ code: 1, stderr }));
    const [a, b] = [addLink('a'), addLink('b')];
    const outcomes = await apply([a, addAddress('a', [a.id]), b], host);
    expect(results(outcomes)).toEqual(['a failed', 'a fd00::1/128 skipped', 'b done']);
    expect(outcomes[0]).toMatchObject({
      error: expect.stringMatching(/^ip link add .*File exists$/) as string,
    });
  });

  it('that break off are repeated step by step, so that only the guilty one fails', async () => {
    const { host } = recordingHost(({ stdin }) =>
      stdin.includes('name b ') ? { code: 1, stderr: 'Error: argument "b" is wrong\n' } : {},
    );
    const outcomes = await apply(['a', 'b', 'c'].map(addLink), host);
    expect(results(outcomes)).toEqual(['a done', 'b failed', 'c done']);
  });

  it('remove many links by their group, few by name', async () => {
    const { host, runs } = recordingHost();
    await apply(['a', 'b'].map(removeLink), host);
    await apply(['a', 'b', 'c', 'd', 'e'].map(removeLink), host);
    expect(runs[0]?.stdin).toBe('link del dev a\nlink del dev b\n');
    expect(runs[1]?.stdin).toMatch(/^link set dev a group 28016\n[^]*\nlink del group 28016\n$/);
    expect(runs[1]?.stdin).not.toContain('link del dev');
  });

  it('take a link that left by itself for removed, and nothing else', async () => {
    const stderr = 'Cannot find device "a"\nCommand failed -:1\nDevice busy\nCommand failed -:2\n';
    const { host } = recordingHost(() => ({ code: 1, stderr }));
    const outcomes = await apply(['a', 'b'].map(removeLink), host);
    expect(results(outcomes)).toEqual(['a done', 'b failed']);
  });
});

describe('forwarding of all interfaces', () => {
  const keyOf = (name: string): string => `net/ipv6/conf/${name}/forwarding`;
  const step = (verb: 'change' | 'remove', key: string, values: readonly string[]): SysctlStep =>
    makeStep<SysctlStep>({
      resource: 'sysctl',
      verb,
      key,
      old: values[1] === undefined ? undefined : { key, value: values[1] },
      new: { key, value: values[0] ?? '' },
      reason: 'test',
    });

  it('keeps what it overwrites, to be put back after it; an interface that is gone does not matter', async () => {
    const { host, state, files } = fakeKernel();
    const all: Readonly<Record<string, string>> = { all: '0', default: '0', eth1: '1' };
    for (const [name, value] of Object.entries(all)) state.sysctls.set(keyOf(name), value);
    const list = () => Promise.resolve(Object.keys(all));
    const kernel = { ...host, files: { ...host.files, list } };
    await apply([step('change', keyOf('all'), ['1', '0'])], kernel);
    expect(JSON.parse(files.get('/state/sysctls.json') ?? '')).toEqual([
      { key: keyOf('all'), prior: '0', applied: '1' },
      { key: keyOf('eth1'), prior: '1', applied: '1' },
    ]);
    state.sysctls.set(keyOf('eth1'), '0');
    const back = [step('remove', keyOf('eth1'), ['1']), step('remove', keyOf('gone'), ['1'])];
    expect(results(await apply(back, kernel)).every((each) => each.endsWith('done'))).toBe(true);
    expect(state.sysctls.get(keyOf('eth1'))).toBe('1');
  });
});

describe('WireGuard’s key', () => {
  it('is in no argument and no input, and its file does not stay', async () => {
    const kernel = fakeKernel();
    const { host, runs } = recordingHost(() => ({ stdout: '' }));
    const step = makeStep<WireGuardStep>({
      resource: 'wireguard',
      verb: 'add',
      key: 'mo-wg',
      old: undefined,
      new: {
        interface: 'mo-wg',
        privateKey: wireguardKeyFixture.private,
        publicKey: wireguardKeyFixture.public,
        listenPort: 1,
        fwmark: 2,
      },
      reason: 'test',
    });
    const outcomes = await apply([step], host);
    expect(results(outcomes)).toEqual(['mo-wg done']);
    expect(JSON.stringify(runs)).not.toContain(wireguardKeyFixture.private.reveal());
    await converge(kernel, viewFixture(nodeFixture(1), [nodeFixture(2)]));
    expect([...kernel.files.keys()]).toEqual([
      '/state/sysctls.json',
      '/state/firewall.json',
      '/state/endpoints.json',
    ]);
  });
});

describe('faults', () => {
  it('of the host fail the steps at hand and not the rest', async () => {
    const { host } = recordingHost(({ argv }) => {
      if (argv.includes('-4')) throw new Error('no more processes');
      return {};
    });
    const outcomes = await apply([addLink('a'), addRule(4), addRule(6)], host);
    expect(results(outcomes)).toEqual(['a done', '4 failed', '6 done']);
  });
});

describe('a run with nothing to do', () => {
  it('writes nothing', async () => {
    const kernel = fakeKernel();
    const view = viewFixture(nodeFixture(1), [nodeFixture(2), nodeFixture(3)]);
    await converge(kernel, view);
    const before = kernel.state.writes;
    await apply((await planOn(kernel, view, configFixture())).plan, kernel.host);
    expect(kernel.state.writes).toBe(before);
  });
});
