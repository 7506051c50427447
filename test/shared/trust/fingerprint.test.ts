// Fingerprints that people compare.
import { expect, it } from 'vitest';
import type { RegisterKey } from '../../../shared/address/key.ts';
import { pairFingerprint, registerFingerprint } from '../../../shared/trust/fingerprint.ts';
import { nodeFixture } from '../../fake/view.ts';

const register = nodeFixture(7).identityKey as string as RegisterKey;

it('are 120 bits in six groups of base32', () => {
  expect(registerFingerprint(register)).toMatch(/^([A-Z2-7]{4}-){5}[A-Z2-7]{4}$/);
});

it('differ with each key and with what they are of', () => {
  const [one, two] = [nodeFixture(1).identityKey, nodeFixture(2).identityKey];
  const all = [
    registerFingerprint(register),
    pairFingerprint(register, one),
    pairFingerprint(register, two),
    pairFingerprint(two as string as RegisterKey, one),
  ];
  expect(new Set(all).size).toBe(4);
});
