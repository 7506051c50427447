// Removing: the place is free, a tombstone tells.
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { IdentityKey } from '../../../shared/address/key.ts';
import { nodeOf } from '../../../server/register/register.ts';
import { removeNode } from '../../../server/register/remove.ts';
import {
  act,
  join,
  joinAll,
  keyFor,
  placeOf,
  registerWith,
  requestFor,
  valueOf,
} from './requests.ts';

describe('a removed node', () => {
  const full = joinAll(registerWith(), ['n1', 'n2']);
  const { register, change } = valueOf(
    removeNode(full, { name: 'n1' as Hostname, reason: 'removed by operator' }, act),
  );

  it('leaves a tombstone at the next revision', () => {
    const { asn } = nodeOf(full, 'n1')!;
    const tombstone = { name: 'n1', asn, removedAt: 3n, reason: 'removed by operator' };
    expect(change).toMatchObject({ nodes: [], tombstones: [tombstone] });
    expect(register.revision.number).toBe(3n);
    expect(nodeOf(register, 'n1')).toBeUndefined();
  });

  it('gets its place back when it returns, and loses its tombstone', () => {
    const back = join(register, 'n1');
    expect(placeOf(back.node)).toEqual(placeOf(nodeOf(full, 'n1')!));
    expect(back.node.changedAt).toBe(4n);
    expect(back.register.tombstones.size).toBe(0);
  });

  it('leaves its name and keys to others', () => {
    const { identityKey, wireguardKey } = requestFor('n1');
    expect(join(register, 'n3', { identityKey, wireguardKey }).node.name).toBe('n3');
    const stranger = { identityKey: keyFor('stranger') as IdentityKey };
    expect(join(register, 'n1', stranger).node.identityKey).toBe(stranger.identityKey);
  });

  it('cannot be removed twice', () => {
    expect(removeNode(register, { name: 'n1' as Hostname, reason: '' }, act)).toMatchObject({
      refusal: { code: 'unknown-node', detail: expect.stringContaining('"n1"') as string },
    });
  });
});
