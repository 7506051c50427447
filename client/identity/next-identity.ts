// A new identity key on its way: kept beside the old one until the controller has taken it.
import { join } from 'node:path';
import { Secret } from '../../shared/log/secret.ts';
import type { Signed, Succession } from '../../shared/mesh/trust.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { signWord } from '../../shared/trust/signed.ts';
import { successionKind } from '../../shared/wire/signed.ts';
import type { Files } from '../host/ports.ts';
import { writeIdentity } from './identity.ts';
import { identityFrom, newIdentityKeys, type Identity, type PrivateKeys } from './keys.ts';
import { sealedText, unsealedText } from './sealed.ts';

export interface NextIdentity {
  readonly keys: PrivateKeys;
  readonly identity: Identity;
  /** The old key's word on it. */
  readonly succession: Signed;
}

export const nextIdentityPath = (stateDir: string): string => join(stateDir, 'identity', 'next');

/** Undefined when none is on its way. */
export const readNextIdentity = async (
  files: Files,
  stateDir: string,
): Promise<Parsed<NextIdentity | undefined>> => {
  const path = nextIdentityPath(stateDir);
  const text = await files.read(path);
  if (text === undefined) return parsed(undefined);
  const body = unsealedText('next', text);
  const next = body.ok ? nextFrom(body.value) : body;
  return next.ok
    ? next
    : malformed(
        `the new identity key in ${path} cannot be used: ${next.reason}. Restore the file from a backup, or ` +
          'remove it to go on with the old key',
      );
};

/** Made and signed by the old key, and on disk before anybody hears of it. WireGuard's key stays: no traffic is touched. */
export const makeNextIdentity = async (
  files: Files,
  stateDir: string,
  by: { readonly old: Identity } & Pick<Succession, 'registerId' | 'name' | 'issuedAtSeconds'>,
): Promise<Parsed<NextIdentity>> => {
  const { old, registerId, name, issuedAtSeconds } = by;
  const keys = newIdentityKeys(old.wireguardKey.private);
  const identity = identityFrom(keys);
  if (!identity.ok) return identity;
  const newIdentityKey = identity.value.identityKey;
  const word = {
    registerId,
    name,
    oldIdentityKey: old.identityKey,
    newIdentityKey,
    issuedAtSeconds,
  };
  const succession = signWord(successionKind, word, old.signingKey);
  const body = {
    identity: keys.identity.reveal(),
    wireguard: keys.wireguard.reveal(),
    succession,
  };
  await files.write(
    nextIdentityPath(stateDir),
    sealedText('next', `${JSON.stringify(body)}\n`),
    0o600,
  );
  return parsed({ keys, identity: identity.value, succession });
};

/** The controller has taken it: it is the node's own from now on. */
export const adoptNextIdentity = async (
  files: Files,
  stateDir: string,
  next: NextIdentity,
): Promise<void> => {
  await writeIdentity(files, stateDir, next.keys);
  await files.remove(nextIdentityPath(stateDir));
};

const nextFrom = (body: string): Parsed<NextIdentity> => {
  const kept = JSON.parse(body) as {
    readonly identity: string;
    readonly wireguard: string;
    readonly succession: Signed;
  };
  const keys = { identity: new Secret(kept.identity), wireguard: new Secret(kept.wireguard) };
  const identity = identityFrom(keys);
  return identity.ok
    ? parsed({ keys, identity: identity.value, succession: kept.succession })
    : identity;
};
