// The controller's proof: for this question, over this connection, by the key that it names.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkHello } from '../../../client/uplink/hello.ts';
import type { ControllerProof, Signed } from '../../../shared/mesh/trust.ts';
import { registerKeyOf, signWord } from '../../../shared/trust/signed.ts';
import { controllerProofKind, removalKind } from '../../../shared/wire/signed.ts';
import { nodeFixture, registerIdFixture } from '../../fake/view.ts';

const { privateKey: key } = generateKeyPairSync('ed25519');
const asked = { nonce: 'ab'.repeat(32), certificateHash: 'cd'.repeat(32) };
const word: ControllerProof = {
  ...asked,
  registerId: registerIdFixture,
  registerKey: registerKeyOf(key),
  nowMs: 1_700_000_000_000n,
};
const signedWith = (changes: Partial<ControllerProof>, by = key): Signed =>
  signWord(controllerProofKind, { ...word, ...changes }, by);

describe('a proof of the controller', () => {
  it('gives its register and its clock', () => {
    expect(checkHello(signedWith({}), asked)).toEqual({
      ok: true,
      value: {
        registerId: registerIdFixture,
        registerKey: word.registerKey,
        certificateHash: asked.certificateHash,
        nowMs: 1_700_000_000_000,
      },
    });
  });

  const stranger = generateKeyPairSync('ed25519').privateKey;
  const removal = { ...word, ...nodeFixture(2), epoch: 1n, removedAt: 1n, reason: '' };
  it.each([
    ['missing', undefined, 'does not prove'],
    ['for another question', signedWith({ nonce: 'ef'.repeat(32) }), 'replayed'],
    [
      'for another certificate',
      signedWith({ certificateHash: 'ef'.repeat(32) }),
      'somebody stands between',
    ],
    ['signed by another key than it names', signedWith({}, stranger), 'not signed by the key'],
    ['another kind of word', signWord(removalKind, removal, key), 'cannot be read'],
    ['of a malformed register', signedWith({ registerId: 'x' }), 'malformed'],
    ['garbage', 'AAAA' as Signed, 'cannot be read'],
  ] as const)('that is %s is none', (_, signed, reason) => {
    const checked = checkHello(signed, asked);
    expect(checked.ok ? '' : checked.reason).toContain(reason);
  });
});
