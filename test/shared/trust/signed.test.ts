// Signed words: they come back as they were, and only for the key and the kind they were signed with.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseIdentityKey, type IdentityKey } from '../../../shared/address/key.ts';
import type {
  MembershipCertificate,
  Removal,
  Signed,
  Statement,
  Succession,
} from '../../../shared/mesh/trust.ts';
import { peekWord, readWord, signWord } from '../../../shared/trust/signed.ts';
import {
  membershipKind,
  removalKind,
  statementKind,
  successionKind,
} from '../../../shared/wire/signed.ts';
import { nodeFixture } from '../../fake/view.ts';

const node = nodeFixture(1);
const registerId = '0'.repeat(32);
const { name, wireguardKey, identityKey, asn } = node;
const { tunnelAddress6, tunnelAddress4, nodeAddress6, nodeAddress4 } = node;

const pair = (): { readonly key: KeyObject; readonly public: IdentityKey } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const parsedKey = parseIdentityKey(raw.toString('base64'));
  if (!parsedKey.ok) throw new Error(parsedKey.reason);
  return { key: privateKey, public: parsedKey.value };
};

const statement: Statement = {
  ...{ registerId, name, wireguardKey, tunnelAddress6, tunnelAddress4 },
  exchangeKey: 'AAAA',
  sequence: 2n ** 63n,
};
const removal: Removal = {
  ...{ registerId, name, asn, epoch: 3n, removedAt: 9n },
  reason: 'gone – weg',
};
const membership: MembershipCertificate = {
  ...{ registerId, name, identityKey, asn, serial: 4n, epoch: 1n, issuedAtSeconds: 5n },
  ...{ tunnelAddress6, tunnelAddress4, nodeAddress6, nodeAddress4 },
};
const succession: Succession = {
  ...{ registerId, name, oldIdentityKey: identityKey, issuedAtSeconds: 6n },
  newIdentityKey: nodeFixture(2).identityKey,
};

it('come back as they were', () => {
  const { key, public: by } = pair();
  expect(readWord(statementKind, signWord(statementKind, statement, key), by)).toEqual({
    ok: true,
    value: statement,
  });
  expect(readWord(removalKind, signWord(removalKind, removal, key), by)).toEqual({
    ok: true,
    value: removal,
  });
  expect(readWord(membershipKind, signWord(membershipKind, membership, key), by)).toEqual({
    ok: true,
    value: membership,
  });
  expect(readWord(successionKind, signWord(successionKind, succession, key), by)).toEqual({
    ok: true,
    value: succession,
  });
  expect(peekWord(statementKind, signWord(statementKind, statement, key))).toEqual({
    ok: true,
    value: statement,
  });
});

it('are refused for another key, for another kind, and when any byte differs', () => {
  const { key, public: by } = pair();
  const signed = signWord(statementKind, statement, key);
  expect(readWord(statementKind, signed, pair().public)).toMatchObject({ ok: false });
  expect(readWord(removalKind, signed, by)).toMatchObject({ ok: false });
  const bytes = Buffer.from(signed, 'base64');
  for (const at of bytes.keys()) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    const read = readWord(statementKind, changed.toString('base64') as Signed, by);
    expect(read, `byte ${at}`).toMatchObject({ ok: false });
  }
});
