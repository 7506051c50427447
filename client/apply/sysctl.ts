// The sysctls row: writes a value, having kept what was there before the first write.
import { namePrefix } from '../desired/names.ts';
import type { KernelHost } from '../host/ports.ts';
import { readSavedSysctls, savedSysctlsPath } from '../observe/memory.ts';
import type { SavedSysctl } from '../observe/observed.ts';
import type { SysctlStep } from '../plan/step.ts';

/** Undefined, or what went wrong. */
export const applySysctl = async (
  step: SysctlStep,
  host: KernelHost,
): Promise<string | undefined> => {
  const wanted = step.new;
  if (wanted === undefined) return undefined;
  try {
    if (step.verb !== 'remove') await keepPrior(step, host);
    if (step.old?.value !== wanted.value) await host.sysctls.write(wanted.key, wanted.value);
    if (step.verb === 'remove') await forget(step, host);
    return undefined;
  } catch (error) {
    return `/proc/sys/${wanted.key} cannot be set to ${wanted.value}: ${messageOf(error)}`;
  }
};

/** What is on our own interfaces goes with them. */
const keepPrior = async (
  { key, old, new: wanted }: SysctlStep,
  host: KernelHost,
): Promise<void> => {
  if (key.split('/')[3]?.startsWith(namePrefix) === true) return;
  if (old === undefined || wanted === undefined) return;
  const saved = await readSavedSysctls(host.files, host.stateDir);
  if (saved.some((entry) => entry.key === key)) return;
  await save(host, [...saved, { key, prior: old.value, applied: wanted.value }]);
};

const forget = async ({ key }: SysctlStep, host: KernelHost): Promise<void> => {
  const saved = await readSavedSysctls(host.files, host.stateDir);
  await save(
    host,
    saved.filter((entry) => entry.key !== key),
  );
};

const save = ({ files, stateDir }: KernelHost, saved: readonly SavedSysctl[]): Promise<void> =>
  saved.length === 0
    ? files.remove(savedSysctlsPath(stateDir))
    : files.write(savedSysctlsPath(stateDir), `${JSON.stringify(saved)}\n`, 0o600);

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
