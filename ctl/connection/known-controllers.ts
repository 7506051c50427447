// The register keys of controllers that this user trusts, a line each: "HOST:PORT KEY", as SSH's known_hosts.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseRegisterKey, type RegisterKey } from '../../shared/address/key.ts';
import { CtlError } from '../ctl-error.ts';
import { isMissing, reasonOf } from './file-fault.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const knownControllersPath = (environment: Environment): string => {
  const home = environment['HOME'] ?? homedir();
  const config = environment['XDG_CONFIG_HOME'] ?? '';
  return join(config === '' ? join(home, '.config') : config, 'meshover', 'known-controllers');
};

export const knownKey = (path: string, server: string): RegisterKey | undefined => {
  const line = linesOf(path).find((each) => serverOf(each) === server);
  if (line === undefined) return undefined;
  const key = parseRegisterKey(line.split(/\s+/)[1] ?? '');
  if (key.ok) return key.value;
  throw new CtlError(
    `${path}: the line of ${server} is damaged (${key.reason}): remove it, and name the controller's fingerprint with -fingerprint once more`,
  );
};

/** Other lines stay as they are. */
export const rememberKey = (path: string, server: string, key: RegisterKey): void => {
  const others = linesOf(path).filter((line) => serverOf(line) !== server);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const written = `${path}.${process.pid}.new`;
    writeFileSync(written, [...others, `${server} ${key}`, ''].join('\n'), { mode: 0o600 });
    renameSync(written, path);
  } catch (fault) {
    throw new CtlError(
      `the controller's key cannot be kept (${reasonOf(fault)}): let this user write ${dirname(path)}, or name another place with XDG_CONFIG_HOME`,
      fault,
    );
  }
};

const serverOf = (line: string): string => line.split(/\s+/)[0] ?? '';

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
  } catch (fault) {
    if (isMissing(fault)) return [];
    throw new CtlError(
      `the known controllers cannot be read (${reasonOf(fault)}): it must be a file of this user`,
      fault,
    );
  }
};
