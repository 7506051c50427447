// The sysctls row: writes a value, having kept what was there before the first write.
import type { Sysctl } from '../desired/desired.ts';
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
    if (step.verb === 'remove') {
      await restore(step, wanted, host);
      return undefined;
    }
    await keepPrior(step, host);
    if (step.old?.value !== wanted.value) await host.sysctls.write(wanted.key, wanted.value);
    return undefined;
  } catch (error) {
    return `/proc/sys/${wanted.key} cannot be set to ${wanted.value}: ${messageOf(error)}`;
  }
};

/** An interface that is gone took its value along. */
const restore = async (step: SysctlStep, wanted: Sysctl, host: KernelHost): Promise<void> => {
  const changes = step.old?.value !== wanted.value;
  if (changes && (await host.sysctls.read(wanted.key)) !== undefined) {
    await host.sysctls.write(wanted.key, wanted.value);
  }
  await forget(step, host);
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
  const entry = { key, prior: old.value, applied: wanted.value };
  await save(host, [...saved, entry, ...(await overwrittenBy(entry, host))]);
};

/** Writing all/forwarding sets every interface's own value, and so does putting it back. */
const overwrittenBy = async (
  { key, prior, applied }: SavedSysctl,
  { files, sysctls }: KernelHost,
): Promise<readonly SavedSysctl[]> => {
  const [directory, rest] = key.split('/all/');
  if (directory === undefined || rest !== 'forwarding') return [];
  const names = (await files.list(`/proc/sys/${directory}`)).filter(
    (name) => name !== 'all' && !name.startsWith(namePrefix),
  );
  const keys = names.map((name) => `${directory}/${name}/forwarding`);
  const values = await Promise.all(keys.map((each) => sysctls.read(each)));
  return keys.flatMap((each, index) => {
    const value = values[index];
    return value === undefined || value === prior ? [] : [{ key: each, prior: value, applied }];
  });
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
