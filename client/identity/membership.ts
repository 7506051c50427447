// The node's own place as the register signed it: kept, so that a lost register can be rebuilt from its nodes.
import { join } from 'node:path';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { IdentityKey, RegisterKey } from '../../shared/address/key.ts';
import type { MembershipCertificate, Signed } from '../../shared/mesh/trust.ts';
import { malformed, type Parsed } from '../../shared/outcome/parsed.ts';
import { readWord } from '../../shared/trust/signed.ts';
import { membershipKind } from '../../shared/wire/signed.ts';
import type { Files } from '../host/ports.ts';
import { sealedText, unsealedText } from './sealed.ts';

export const membershipPath = (stateDir: string): string =>
  join(stateDir, 'identity', 'membership');

/** Writes it where it is another one than before. */
export const keepMembership = async (
  files: Files,
  stateDir: string,
  signed: Signed,
): Promise<void> => {
  const path = membershipPath(stateDir);
  const text = sealedText('membership', `${signed}\n`);
  if ((await files.read(path)) !== text) await files.write(path, text, 0o600);
};

/** Undefined where there is none that can be read: it is told anew with every join. */
export const readMembership = async (
  files: Files,
  stateDir: string,
): Promise<Signed | undefined> => {
  const text = await files.read(membershipPath(stateDir));
  const body = text === undefined ? undefined : unsealedText('membership', text);
  return body?.ok === true ? (body.value.trim() as Signed) : undefined;
};

export interface Member {
  readonly registerId: string;
  readonly registerKey: RegisterKey;
  readonly name: Hostname;
  readonly identityKey: IdentityKey;
}

/** The certificate, when the register signed it for this very node. */
export const checkMembership = (
  signed: Signed | undefined,
  member: Member,
): Parsed<MembershipCertificate> => {
  if (signed === undefined) return malformed('it signs no membership certificate for this node');
  const word = readWord(membershipKind, signed, member.registerKey);
  if (!word.ok) return malformed(`its membership certificate cannot be believed: ${word.reason}`);
  const { registerId, name, identityKey } = word.value;
  return registerId === member.registerId &&
    name === member.name &&
    identityKey === member.identityKey
    ? word
    : malformed('its membership certificate is for another node');
};
