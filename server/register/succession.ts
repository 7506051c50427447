// Believes that another identity key follows for a name: by the old key's word, or an operator key's.
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { readWord } from '../../shared/trust/signed.ts';
import { successionKind } from '../../shared/wire/signed.ts';
import { nodeOf, type Register } from './register.ts';

/** The same word, when it is good for this request. */
export const successionFor = (
  register: Register,
  { name, identityKey }: Pick<JoinRequest, 'name' | 'identityKey'>,
  signed: Signed,
): Parsed<Signed> => {
  const known = nodeOf(register, name);
  if (known === undefined) return malformed(`there is no node "${name}" to follow`);
  const keys = [known.identityKey, ...register.settings.operatorKeys];
  const word = keys
    .map((key) => readWord(successionKind, signed, key))
    .find((attempt) => attempt.ok);
  if (word === undefined) {
    return malformed(
      `the succession of "${name}" is signed neither by its present identity key nor by an operator key ` +
        '(server -operatorkey)',
    );
  }
  const said = word.value;
  const fits =
    said.registerId === register.revision.registerId &&
    said.name === name &&
    said.oldIdentityKey === known.identityKey &&
    said.newIdentityKey === identityKey;
  return fits
    ? parsed(signed)
    : malformed(
        `the succession is of "${said.name}" from ${said.oldIdentityKey} to ${said.newIdentityKey}, but the ` +
          `register has "${name}" with ${known.identityKey}, and ${identityKey} asks for it`,
      );
};
