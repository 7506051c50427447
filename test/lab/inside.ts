// Runs inside the booted system: makes the topology once and tells every story of the scenarios named.
import { collectArtefacts } from './artefacts.ts';
import { claimLine } from './claims.ts';
import { loadScenario } from './load-scenario.ts';
import { makeMesh, type Mesh } from './mesh.ts';
import type { Scenario, Story } from './scenario.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);

const oneLine = (fault: unknown): string =>
  (fault instanceof Error ? fault.message : String(fault)).replaceAll(/\s+/g, ' ').slice(0, 600);

/** True when every claim holds and the story reached its end. */
const tell = async (mesh: Mesh, scenario: string, story: Story): Promise<boolean> => {
  let whole = true;
  const start = performance.now();
  const claim = (words: string, figure: string | number, holds: boolean): void => {
    say(claimLine(`${scenario}: ${words}`, figure, holds));
    whole &&= holds;
  };
  say(`-- ${scenario}: ${story.name}`);
  try {
    await story.tell(mesh, { claim });
  } catch (fault) {
    claim(`${story.name} reaches its end`, oneLine(fault), false);
  }
  say(`-- ${scenario}: ${story.name}: ${seconds(start)} s`);
  return whole;
};

const tellAll = async (mesh: Mesh, name: string, { stories }: Scenario): Promise<boolean> => {
  let whole = true;
  for (const story of stories) whole = (await tell(mesh, name, story)) && whole;
  if (!whole) say(`-- ${name}: artefacts in ${await collectArtefacts(mesh, name)}`);
  say(`== ${name} ${whole ? 'passed' : 'failed'}`);
  return whole;
};

const main = async (names: readonly string[]): Promise<number> => {
  const start = performance.now();
  const scenarios = await Promise.all(
    names.map(async (name) => ({ name, scenario: await loadScenario(name) })),
  );
  const topology = scenarios[0]?.scenario.topology;
  if (topology === undefined) throw new Error('name a scenario');
  const mesh = await makeMesh(topology);
  say(`-- ${topology.name}: hosts and their Docker daemons up in ${seconds(start)} s`);
  let whole = true;
  for (const { name, scenario } of scenarios)
    whole = (await tellAll(mesh, name, scenario)) && whole;
  return whole ? 0 : 1;
};

// The guest is switched off with everything that runs in it.
process.exit(await main(process.argv.slice(2)));
