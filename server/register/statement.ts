// Takes over the node's own word: verified, for this place, and never an older one again.
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { peekWord, readWord } from '../../shared/trust/signed.ts';
import { statementKind } from '../../shared/wire/signed.ts';
import type { Place, RegisteredNode } from './register.ts';

interface Given {
  readonly registerId: string;
  readonly place: Place;
  readonly known: RegisteredNode | undefined;
}

/** The statement that peers are to be given; undefined until the node gives one that fits its keys and its place. */
export const statementFor = (
  request: JoinRequest,
  { registerId, place, known }: Given,
): Outcome<Signed | undefined> => {
  const held = known?.identityKey === request.identityKey ? known.signedStatement : undefined;
  const { signedStatement } = request;
  if (signedStatement === undefined || signedStatement === held) {
    return accepted(speaksOf(held, request) ? held : undefined);
  }
  const statement = readWord(statementKind, signedStatement, request.identityKey);
  if (!statement.ok) return refused('malformed', `the node's statement: ${statement.reason}`);
  const said = statement.value;
  // A node that comes from another register, or got another place, learns it from the answer and states it anew.
  const fits =
    said.registerId === registerId &&
    said.tunnelAddress6 === place.tunnelAddress6 &&
    said.tunnelAddress4 === place.tunnelAddress4;
  if (!fits) return accepted(speaksOf(held, request) ? held : undefined);
  if (said.name !== request.name || said.wireguardKey !== request.wireguardKey) {
    return refused('malformed', 'the node states another name or WireGuard key than it joins with');
  }
  const last = sequenceOf(held);
  return said.sequence > last
    ? accepted(signedStatement)
    : refused(
        'malformed',
        `the node's statement has sequence ${said.sequence}, and ${last} was given before: its state ` +
          'directory was restored from an old copy; it must state a higher one',
      );
};

const speaksOf = (held: Signed | undefined, { wireguardKey }: JoinRequest): boolean => {
  const said = held === undefined ? undefined : peekWord(statementKind, held);
  return said?.ok === true && said.value.wireguardKey === wireguardKey;
};

const sequenceOf = (held: Signed | undefined): bigint => {
  const said = held === undefined ? undefined : peekWord(statementKind, held);
  return said?.ok === true ? said.value.sequence : -1n;
};
