// Which controller this node trusts: the register's id and key, pinned at first contact.
import { join } from 'node:path';
import type { OperatorKey, RegisterKey } from '../../shared/address/key.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import type { Files } from '../host/ports.ts';
import { sealedText, unsealedText } from './sealed.ts';

export interface ControllerPin {
  readonly registerId: string;
  readonly registerKey: RegisterKey;
  /** As they were told at first contact; undefined until the first admission. */
  readonly operatorKeys: readonly OperatorKey[] | undefined;
}

export const controllerPinPath = (stateDir: string): string => join(stateDir, 'controller');

export const writeControllerPin = (
  files: Files,
  stateDir: string,
  pin: ControllerPin,
): Promise<void> =>
  files.write(
    controllerPinPath(stateDir),
    sealedText('controller', `${JSON.stringify(pin)}\n`),
    0o600,
  );

/** Undefined when no controller is pinned. */
export const readControllerPin = async (
  files: Files,
  stateDir: string,
): Promise<Parsed<ControllerPin | undefined>> => {
  const path = controllerPinPath(stateDir);
  const text = await files.read(path);
  if (text === undefined) return parsed(undefined);
  const body = unsealedText('controller', text);
  return body.ok
    ? parsed(JSON.parse(body.value) as ControllerPin)
    : malformed(
        `the pinned controller in ${path} cannot be used: ${body.reason}. Restore the file from a backup, or ` +
          'run "client -repin" to trust the controller that is reached next',
      );
};
