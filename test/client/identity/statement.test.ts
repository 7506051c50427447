// The node's own statement: signed once, anew when something changed, always with a higher number.
import { describe, expect, it } from 'vitest';
import { throwAwayIdentity } from '../../../client/identity/identity.ts';
import type { Identity } from '../../../client/identity/keys.ts';
import {
  keepStatement,
  readStatement,
  statementFor,
  statementPath,
} from '../../../client/identity/statement.ts';
import type { Signed, Statement } from '../../../shared/mesh/trust.ts';
import { readWord } from '../../../shared/trust/signed.ts';
import { statementKind } from '../../../shared/wire/signed.ts';
import { MemoryFiles } from '../../fake/files.ts';
import { nodeFixture, registerIdFixture as registerId } from '../../fake/view.ts';

const identityOf = (): Identity => {
  const identity = throwAwayIdentity();
  if (!identity.ok) throw new Error(identity.reason);
  return identity.value;
};

const identity = identityOf();
const place = nodeFixture(1);
const speaker = { identity, registerId, name: place.name, place, nowMs: 1_000 };

const said = (signed: Signed): Statement => {
  const word = readWord(statementKind, signed, identity.identityKey);
  if (!word.ok) throw new Error(word.reason);
  return word.value;
};

describe('the statement', () => {
  const first = statementFor(speaker, []);

  it('says the keys and the place, numbered by the clock', () => {
    expect(said(first)).toEqual({
      ...{ registerId, name: place.name, exchangeKey: '', sequence: 1_000n },
      wireguardKey: identity.wireguardKey.public,
      tunnelAddress6: place.tunnelAddress6,
      tunnelAddress4: place.tunnelAddress4,
    });
  });

  it('stays, byte for byte, while nothing changes', () => {
    expect(statementFor({ ...speaker, nowMs: 9_000 }, [first])).toBe(first);
  });

  it('is signed anew with a higher number, even where the clock went back', () => {
    const moved = { ...speaker, place: nodeFixture(2), nowMs: 5 };
    expect(said(statementFor(moved, [first])).sequence).toBe(1_001n);
  });

  it('goes on from the number that the controller holds, after a restore from an old copy', () => {
    const held = statementFor({ ...speaker, place: nodeFixture(2), nowMs: 7_000 }, [first]);
    expect(said(statementFor(speaker, [first, held])).sequence).toBe(7_001n);
  });

  it('takes no number from a statement of another identity', () => {
    const strange = statementFor({ ...speaker, identity: identityOf(), nowMs: 1e15 }, []);
    expect(said(statementFor(speaker, [undefined, strange])).sequence).toBe(1_000n);
  });

  it('is kept, and none where it is damaged', async () => {
    const files = new MemoryFiles();
    await keepStatement(files, '/state', first);
    expect(await readStatement(files, '/state')).toBe(first);
    const text = files.stored.get(statementPath('/state'))?.text ?? '';
    await files.write(statementPath('/state'), text.slice(0, 90), 0o600);
    expect(await readStatement(files, '/state')).toBeUndefined();
  });
});
