// What the register signs: places and removals.
import { expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { readWord, registerKeyOf } from '../../../shared/trust/signed.ts';
import { membershipKind, removalKind } from '../../../shared/wire/signed.ts';
import { removeNode } from '../../../server/register/remove.ts';
import { act, join, joinAll, registerId, registerKeys, registerWith, valueOf } from './requests.ts';

const key = registerKeyOf(registerKeys.privateKey);

it('an admitted node has a certificate of its place, the same for ever', () => {
  const { node, register } = join(joinAll(registerWith(), ['a']), 'b');
  const { asn, name, identityKey, tunnelAddress6, tunnelAddress4, nodeAddress6, nodeAddress4 } =
    node;
  expect(readWord(membershipKind, node.certificate!, key)).toEqual({
    ok: true,
    value: {
      ...{ registerId, name, identityKey, asn, tunnelAddress6, tunnelAddress4 },
      ...{ nodeAddress6, nodeAddress4, serial: 2n, epoch: 1n, issuedAtSeconds: 1_700_000_000n },
    },
  });
  const changed = join(register, 'b', { linkDriver: 'vxlan' });
  expect(changed.node.certificate).toBe(node.certificate);
});

it('a tombstone is signed', () => {
  const register = joinAll(registerWith(), ['a', 'b']);
  const removal = { name: 'a' as Hostname, reason: 'stolen' };
  const { change } = valueOf(removeNode(register, removal, act));
  const { signedRemoval, asn } = change.tombstones[0]!;
  expect(readWord(removalKind, signedRemoval!, key)).toEqual({
    ok: true,
    value: { registerId, epoch: 1n, name: 'a', asn, removedAt: 3n, reason: 'stolen' },
  });
});
