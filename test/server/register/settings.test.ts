// New pools for a register with nodes.
import { describe, expect, it } from 'vitest';
import type { Prefix } from '../../../shared/address/prefix.ts';
import type { NetworkSettings } from '../../../shared/mesh/view.ts';
import { poolsFrom, defaultPools, type PoolTexts } from '../../../server/register/pools.ts';
import { changeSettings } from '../../../server/register/settings.ts';
import { act, join, joinAll, registerWith, valueOf } from './requests.ts';

const settings = (texts: Partial<PoolTexts>): NetworkSettings =>
  valueOf(poolsFrom({ ...defaultPools, ...texts }));

describe('changeSettings', () => {
  const register = joinAll(registerWith(), ['n1']);

  it('with the same pools changes nothing', () => {
    const same = settings({ node: [...defaultPools.node].reverse() });
    const { register: next, change } = valueOf(changeSettings(register, same, act));
    expect(next).toBe(register);
    expect(change.writes).toEqual([]);
  });

  it('with one pool more starts a new epoch, and the nodes keep their places', () => {
    const wider = settings({ node: [...defaultPools.node, '10.9.0.0/16'] });
    const { register: next, change } = valueOf(changeSettings(register, wider, act));
    expect(next.settings).toEqual(wider);
    expect(next.revision).toEqual({ ...register.revision, epoch: 2n, number: 2n });
    expect(next.nodes).toBe(register.nodes);
    expect(new Set(change.writes.map(({ table }) => table))).toEqual(new Set(['register']));
    expect(change.events).toMatchObject([{ what: 'settings-changed', number: 2n }]);
  });

  it.each<[Partial<PoolTexts>, string]>([
    [{ tunnel: ['fd00:9::/48', '10.192.0.0/12'] }, '-wgaddress'],
    [{ tunnel: ['fd00:6d65:7368::/48', '10.9.0.0/16'] }, '-wgaddress'],
    [{ node: ['fd00:9::/48', '10.128.0.0/12'] }, '-assignaddress'],
    [{ node: ['fd00:beef:beef::/48', '10.9.0.0/16'] }, '-assignaddress'],
  ])('refuses pools that do not hold a node: %j', (texts, flag) => {
    const result = changeSettings(register, settings(texts), act);
    expect(result).toHaveProperty(
      'reason',
      expect.stringMatching(`node "n1" has .* outside ${flag}`),
    );
  });

  it('refuses pools that overlap what a node advertises', () => {
    const advertising = join(register, 'n2', { advertise: ['10.20.0.0/16' as Prefix] }).register;
    const result = changeSettings(
      advertising,
      settings({ node: [...defaultPools.node, '10.20.128.0/17'] }),
      act,
    );
    expect(result).toHaveProperty('reason', expect.stringContaining('may announce 10.20.0.0/16'));
  });
});
