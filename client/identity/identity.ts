// The node's identity on disk: made once, read back at every start, never silently replaced.
import { join } from 'node:path';
import type { Files } from '../host/ports.ts';
import { Secret } from '../../shared/log/secret.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { identityFrom, newPrivateKeys, type Identity, type PrivateKeys } from './keys.ts';
import { sealedText, unsealedText } from './sealed.ts';

export interface LoadedIdentity {
  readonly identity: Identity;
  /** The keys were made by this start. */
  readonly fresh: boolean;
}

export const identityPath = (stateDir: string): string => join(stateDir, 'identity', 'keys');

/** Reads the identity, or makes one where there is none yet. */
export const loadIdentity = async (
  files: Files,
  stateDir: string,
): Promise<Parsed<LoadedIdentity>> => {
  const kept = await readIdentity(files, stateDir);
  if (!kept.ok) return kept;
  if (kept.value !== undefined) return parsed({ identity: kept.value, fresh: false });
  const keys = newPrivateKeys();
  await writeIdentity(files, stateDir, keys);
  const identity = identityFrom(keys);
  return identity.ok ? parsed({ identity: identity.value, fresh: true }) : identity;
};

export const writeIdentity = (files: Files, stateDir: string, keys: PrivateKeys): Promise<void> =>
  files.write(identityPath(stateDir), sealedText('identity', keysText(keys)), 0o600);

/** Undefined when the node has none yet; nothing is written. */
export const readIdentity = async (
  files: Files,
  stateDir: string,
): Promise<Parsed<Identity | undefined>> => {
  const path = identityPath(stateDir);
  const text = await files.read(path);
  if (text === undefined) return parsed(undefined);
  const body = unsealedText('identity', text);
  const identity = body.ok ? identityFrom(keysFrom(body.value)) : body;
  return identity.ok ? identity : malformed(damageText(path, identity.reason));
};

/** Keys for one run that leaves nothing behind. */
export const throwAwayIdentity = (): Parsed<Identity> => identityFrom(newPrivateKeys());

const damageText = (path: string, reason: string): string =>
  `the node's keys in ${path} cannot be used: ${reason}. Restore the file from a backup; or, to give ` +
  `this node new keys, move it away and run "meshoverctl remove NAME" for this node on the controller`;

const keysText = (keys: PrivateKeys): string =>
  `${JSON.stringify({ identity: keys.identity.reveal(), wireguard: keys.wireguard.reveal() })}\n`;

/** The checksum vouches for the shape. */
const keysFrom = (body: string): PrivateKeys => {
  const kept = JSON.parse(body) as { readonly identity: string; readonly wireguard: string };
  return { identity: new Secret(kept.identity), wireguard: new Secret(kept.wireguard) };
};
