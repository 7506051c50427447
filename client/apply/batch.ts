// Runs many iproute2 lines in one process and says which step each error belongs to.
import type { Commands } from '../host/ports.ts';
import type { Step } from '../plan/step.ts';

/** The lines of one step, for one process: addresses and links, or routing of one family. */
export interface BatchedStep {
  readonly step: Step;
  readonly lines: readonly string[];
}

export type Lane = 'any' | 4 | 6;

/** Error of each failed step, by step id. */
export const runBatch = async (
  commands: Commands,
  lane: Lane,
  steps: readonly BatchedStep[],
): Promise<ReadonlyMap<string, string>> => {
  const family = lane === 'any' ? [] : [`-${String(lane)}`];
  const argv = ['ip', ...family, '-force', '-batch', '-'];
  const lines = steps.flatMap((batched) => batched.lines);
  const result = await commands.run(argv, { stdin: `${lines.join('\n')}\n` });
  if (result.code === 0) return new Map();
  const { errors, rest } = errorsByLine(result.stderr);
  if (rest === '' && errors.size > 0) return errorsByStep(steps, errors);
  if (steps.length === 1) {
    return new Map(
      steps.filter(({ step }) => !isGone(step, rest)).map(({ step }) => [step.id, rest]),
    );
  }
  return oneByOne(commands, lane, steps);
};

/**
 * A line that iproute2 cannot even read ends the whole batch. Each step then goes alone, so that only
 * the guilty one fails; those already done say so once, and the next observation settles it.
 */
const oneByOne = async (
  commands: Commands,
  lane: Lane,
  steps: readonly BatchedStep[],
): Promise<ReadonlyMap<string, string>> => {
  const errors = new Map<string, string>();
  for (const step of steps) {
    const failed = await runBatch(commands, lane, [step]);
    for (const [id, error] of failed) errors.set(id, error);
  }
  return errors;
};

/** A link can leave by itself: wireguard-go takes its own along when it ends. */
const isGone = ({ resource, verb }: Step, error: string): boolean =>
  resource === 'link' && verb === 'remove' && /Cannot find device|No such device/.test(error);

/** `rest` is what stands after the last "Command failed": the words of a batch that broke off. */
const errorsByLine = (stderr: string): { errors: ReadonlyMap<number, string>; rest: string } => {
  const errors = new Map<number, string>();
  let words: string[] = [];
  for (const line of stderr.split('\n').filter((text) => text !== '')) {
    const failed = /^Command failed -:(\d+)$/.exec(line);
    if (failed === null) {
      words.push(line);
      continue;
    }
    errors.set(Number(failed[1]), saidOf(words));
    words = [];
  }
  return { errors, rest: words.join('; ') };
};

const saidOf = (words: readonly string[]): string => {
  const said = words.join('; ').replace('RTNETLINK answers: ', '');
  return said.includes('IPv6 is disabled') ? `${said} (the mesh needs it: ${ipv6On})` : said;
};

const ipv6On =
  'sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0, and see ' +
  '/etc/sysctl.d for what switched it off';

const errorsByStep = (
  steps: readonly BatchedStep[],
  errors: ReadonlyMap<number, string>,
): ReadonlyMap<string, string> => {
  const byStep = new Map<string, string>();
  let line = 0;
  for (const { step, lines } of steps) {
    for (const text of lines) {
      line++;
      const error = errors.get(line);
      // The first error of a step is the cause of the others.
      if (error === undefined || byStep.has(step.id) || isGone(step, error)) continue;
      byStep.set(step.id, `ip ${text}: ${error}`);
    }
  }
  return byStep;
};
