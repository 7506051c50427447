// Revisions compare only within one register and epoch.
import { expect, it } from 'vitest';
import { printRevision, sameEpoch, type Revision } from '../../../shared/mesh/revision.ts';

const revision: Revision = { registerId: '0123456789abcdef'.repeat(2), epoch: 2n, number: 7n };

it('same epoch means same register and same epoch, whatever the number', () => {
  expect(sameEpoch(revision, { ...revision, number: 1n })).toBe(true);
  expect(sameEpoch(revision, { ...revision, epoch: 3n })).toBe(false);
  expect(sameEpoch(revision, { ...revision, registerId: 'f'.repeat(32) })).toBe(false);
});

it('prints short', () => {
  expect(printRevision(revision)).toBe('01234567/2/7');
});
