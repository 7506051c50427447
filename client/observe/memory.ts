// Two small files of the state directory: sysctls as they were, and endpoints as last applied.
import { parseEndpoint } from '../../shared/address/endpoint.ts';
import { parseWireGuardKey } from '../../shared/address/key.ts';
import type { Files } from '../host/ports.ts';
import { isObject, listOf, ObserveError, textOf, type JsonObject } from './ip.ts';
import type { AppliedEndpoint, SavedSysctl } from './observed.ts';

export const savedSysctlsPath = (stateDir: string): string => `${stateDir}/sysctls.json`;

export const appliedEndpointsPath = (stateDir: string): string => `${stateDir}/endpoints.json`;

export const readSavedSysctls = async (
  files: Files,
  stateDir: string,
): Promise<readonly SavedSysctl[]> => {
  const path = savedSysctlsPath(stateDir);
  const entries = entriesOf(await files.read(path));
  if (entries === undefined) {
    throw new ObserveError(
      `${path} is damaged, so the prior values of sysctls are not known: remove the file, and set ` +
        'forwarding yourself if you take Meshover off this host',
    );
  }
  return entries.map((entry) => ({
    key: textOf(entry['key']),
    prior: textOf(entry['prior']),
    applied: textOf(entry['applied']),
  }));
};

/** A damaged file only costs the memory: endpoints are then told to WireGuard once more. */
export const readAppliedEndpoints = async (
  files: Files,
  stateDir: string,
): Promise<readonly AppliedEndpoint[]> =>
  (entriesOf(await files.read(appliedEndpointsPath(stateDir))) ?? []).flatMap((entry) => {
    const key = parseWireGuardKey(textOf(entry['publicKey']));
    const endpoint = parseEndpoint(textOf(entry['endpoint']));
    return key.ok && endpoint.ok ? [{ publicKey: key.value, endpoint: endpoint.value }] : [];
  });

/** Undefined when the text is damaged; none when there is no file. */
const entriesOf = (text: string | undefined): readonly JsonObject[] | undefined => {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? listOf(value).filter(isObject) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
