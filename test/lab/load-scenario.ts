// Finds scenarios: a folder of test/scenario with a scenario.ts is one.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './kernel.ts';
import type { Scenario } from './scenario.ts';

const folder = join(projectRoot, 'test', 'scenario');

export const scenarioNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'scenario.ts')))
    .sort();

export const loadScenario = async (name: string): Promise<Scenario> => {
  const path = join(folder, name, 'scenario.ts');
  if (!existsSync(path))
    throw new Error(`no scenario "${name}": there are ${scenarioNames().join(', ')}`);
  const module = (await import(pathToFileURL(path).href)) as { readonly scenario?: Scenario };
  if (module.scenario === undefined) throw new Error(`${path} exports no scenario`);
  return module.scenario;
};
