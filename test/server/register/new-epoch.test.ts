// Epochs only grow, and a node's word counts within reason.
import { expect, test } from 'vitest';
import { beginEpoch, isBehind } from '../../../server/register/new-epoch.ts';
import { emptyRegister } from '../../../server/register/register.ts';
import { defaultPools, poolsFrom } from '../../../server/register/pools.ts';
import { valueOf } from './requests.ts';

const id = 'a'.repeat(32);
const at = (epoch: bigint, number: bigint, registerId = id) => ({ registerId, epoch, number });

test.each([
  ['the same', at(2n, 5n), false],
  ['older', at(2n, 4n), false],
  ['a later number', at(2n, 6n), true],
  ['a later epoch', at(3n, 1n), true],
  ['an earlier epoch with a greater number', at(1n, 99n), false],
  ['another register', at(9n, 99n, 'b'.repeat(32)), false],
  ['an epoch out of all reason', at(2n ** 63n, 1n), false],
])('a node holds %s', (_, held, behind) => {
  expect(isBehind(at(2n, 5n), held)).toBe(behind);
});

test('the next epoch is later than every one that was seen', () => {
  const register = emptyRegister(id, valueOf(poolsFrom(defaultPools)));
  expect(beginEpoch(register).register.revision.epoch).toBe(2n);
  expect(beginEpoch(register, 7n).register.revision.epoch).toBe(8n);
  expect(beginEpoch(register, 0n).register.revision.epoch).toBe(2n);
});
