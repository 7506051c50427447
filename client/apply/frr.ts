// Carries out the steps of FRR, one at a time: two configurations at once refuse each other.
import { frrContainerName } from '../desired/frr-container.ts';
import { EngineError, type FrrHost } from '../host/ports.ts';
import type { FrrStep } from '../plan/step.ts';
import { applyConfiguration } from './frr-configuration.ts';
import { applyContainer } from './frr-container.ts';

/** Errors by step id; a step whose need failed in the same call is not tried. */
export const frrApplier =
  (host: FrrHost): ((steps: readonly FrrStep[]) => Promise<ReadonlyMap<string, string>>) =>
  async (steps) => {
    const errors = new Map<string, string>();
    for (const step of steps) {
      const blocked = step.needs.find((id) => errors.has(id));
      const error =
        blocked === undefined ? await errorOf(applyStep(host, step)) : `needs ${blocked}`;
      if (error !== undefined) errors.set(step.id, error);
    }
    return errors;
  };

const applyStep = async (host: FrrHost, step: FrrStep): Promise<void> => {
  if (step.key === 'neighbours') return detach(host, step.detach ?? []);
  if (step.verb === 'remove') return host.containers.remove(frrContainerName);
  if (step.new === undefined) return;
  await (step.key === 'container'
    ? applyContainer(host, step.new)
    : applyConfiguration(host, step.new));
};

const errorOf = async (doing: Promise<void>): Promise<string | undefined> => {
  try {
    await doing;
    return undefined;
  } catch (error) {
    if (error instanceof EngineError) return `${error.message}: ${error.remedy}`;
    return error instanceof Error ? error.message : String(error);
  }
};

/** By bgpd's own socket: quick, and frr.conf stays as it is, so that they come back. */
const detach = async ({ vty }: FrrHost, interfaces: readonly string[]): Promise<void> => {
  const running = await vty.ask('bgpd', ['enable', 'show running-config']);
  const text = running?.[1]?.text ?? '';
  const router = /^router bgp .*$/m.exec(text)?.[0];
  const present = interfaces.filter((name) => text.includes(` neighbor ${name} `));
  if (router === undefined || present.length === 0) return;
  const commands = ['enable', 'configure terminal', router];
  const removals = present.map((name) => `no neighbor ${name}`);
  const answers = (await vty.ask('bgpd', [...commands, ...removals])) ?? [];
  if (answers.length === commands.length + removals.length && answers.at(-1)?.status !== 2) return;
  const said = answers.at(-1)?.text.trim() ?? '';
  throw new Error(
    `bgpd did not give up the neighbours ${present.join(', ')}, so their links stay as they are: ` +
      (said === '' ? 'no answer' : said),
  );
};
