// Joining: places, re-joins, refusals.
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../shared/address/endpoint.ts';
import type { IdentityKey, WireGuardKey } from '../../../shared/address/key.ts';
import { containsIp, type Prefix } from '../../../shared/address/prefix.ts';
import type { JoinRequest } from '../../../shared/mesh/join-request.ts';
import type { Gathering } from '../../../shared/mesh/peer.ts';
import { joinNode } from '../../../server/register/join.ts';
import { nodeOf } from '../../../server/register/register.ts';
import {
  closed,
  join,
  joinAll,
  keyFor,
  placeOf,
  opened,
  registerWith,
  requestFor,
  valueOf,
} from './requests.ts';

const prefixes = (...texts: string[]): readonly Prefix[] => texts as Prefix[];
const gathering = (...texts: string[]): readonly Gathering[] =>
  texts.map((text) => ({ prefix: text as Prefix, preference: 10 }));
const endpoints = (...texts: string[]): readonly Endpoint[] => texts as Endpoint[];

describe('a new node', () => {
  it('gets one address of each family from each pool', () => {
    const { node } = join(registerWith(), 'n1');
    expect([
      containsIp('fd00:6d65:7368::/48' as Prefix, node.tunnelAddress6),
      containsIp('10.192.0.0/12' as Prefix, node.tunnelAddress4),
      containsIp('fd00:beef:beef::/48' as Prefix, node.nodeAddress6),
      containsIp('10.128.0.0/12' as Prefix, node.nodeAddress4),
    ]).toEqual([true, true, true, true]);
  });

  // Every mesh in the field holds these places: a change of the function moves all new ones.
  it('gets the place that its name says, for ever', () => {
    const { node } = join(registerWith(), 'node-1999');
    expect(node).toMatchObject({
      asn: 4255855258,
      tunnelAddress6: 'fd00:6d65:7368::c15:a835',
      tunnelAddress4: '10.198.12.41',
      nodeAddress6: 'fd00:beef:beef::faf1:c2ee',
      nodeAddress4: '10.128.107.213',
    });
  });

  it('gets the same place whoever joined before, where no one stands in its way', () => {
    const late = join(joinAll(registerWith(), ['n1', 'n2', 'n3']), 'n4').node;
    expect(placeOf(join(registerWith(), 'n4').node)).toEqual(placeOf(late));
  });

  it('raises the revision by one and says so in its own entry', () => {
    const { register, node, change } = join(joinAll(registerWith(), ['n1']), 'n2');
    expect([register.revision.number, node.changedAt]).toEqual([2n, 2n]);
    expect(change.nodes).toEqual([node]);
    expect(change.tombstones).toEqual([]);
  });

  it('leaves the register before as it was, which is how a dry run is answered', () => {
    const before = registerWith();
    join(before, 'n1');
    expect(before).toEqual(registerWith());
  });
});

describe('a node that joins again', () => {
  const register = joinAll(registerWith(), ['n1', 'n2']);

  it('with the same words changes nothing', () => {
    const again = join(register, 'n1');
    expect(again.register).toBe(register);
    expect(again.change).toEqual({ nodes: [], tombstones: [], writes: [], events: [] });
    expect(again.node).toBe(nodeOf(register, 'n1'));
  });

  it('with the same lists in another order changes nothing', () => {
    const lists = {
      gathering: gathering('192.0.2.0/27', '2001:db8:5::/48'),
      advertise: prefixes('10.20.0.0/16', '2001:db8:20::/48'),
    };
    const first = join(register, 'n1', lists).register;
    const reversed = {
      gathering: lists.gathering.toReversed(),
      advertise: [...lists.advertise, ...lists.advertise].reverse(),
    };
    expect(join(first, 'n1', reversed).register).toBe(first);
  });

  it.each<[string, Partial<JoinRequest>]>([
    ['endpoints', { endpoints: endpoints('192.0.2.1:51820') }],
    ['gathering', { gathering: gathering('192.0.2.0/27') }],
    ['WireGuard key', { wireguardKey: keyFor('new') as WireGuardKey }],
    ['link driver', { linkDriver: 'vxlan' }],
    ['prefixes', { advertise: prefixes('10.20.0.0/16') }],
  ])('with other %s is a change, in its old place', (_, changes) => {
    const before = nodeOf(register, 'n1')!;
    const { node, register: next, change } = join(register, 'n1', changes);
    const { advertise, ...rest } = changes;
    const expected = { ...rest, advertised: advertise ?? [], changedAt: 3n };
    expect(node).toMatchObject({ ...placeOf(before), ...expected });
    expect(next.revision.number).toBe(3n);
    expect(change.nodes).toEqual([node]);
    expect(next.nodes.size).toBe(2);
  });

  it('with endpoints in another order is a change, since the first is the best', () => {
    const one = join(register, 'n1', { endpoints: endpoints('192.0.2.1:1', '192.0.2.2:1') });
    const two = join(one.register, 'n1', { endpoints: endpoints('192.0.2.2:1', '192.0.2.1:1') });
    expect(two.node.endpoints).toEqual(['192.0.2.2:1', '192.0.2.1:1']);
    expect(two.change.nodes).toHaveLength(1);
  });

  it('frees its old WireGuard key for others', () => {
    const rekeyed = join(register, 'n1', { wireguardKey: keyFor('new') as WireGuardKey }).register;
    const old = requestFor('n1').wireguardKey;
    expect(join(rekeyed, 'n3', { wireguardKey: old }).node.wireguardKey).toBe(old);
  });
});

describe('a refusal', () => {
  const register = joinAll(registerWith(), ['n1', 'n2']);
  const refusalOf = (name: string, changes: Partial<JoinRequest>): unknown => {
    const outcome = joinNode(register, requestFor(name, changes), opened);
    return outcome.ok ? 'admitted' : outcome.refusal;
  };

  it('name-taken: the name belongs to another identity', () => {
    expect(refusalOf('n1', { identityKey: keyFor('stranger') as IdentityKey })).toEqual({
      code: 'name-taken',
      detail: expect.stringContaining('meshoverctl remove n1') as string,
    });
  });

  it.each<[string, Partial<JoinRequest>]>([
    ['identity', { identityKey: requestFor('n1').identityKey }],
    ['WireGuard', { wireguardKey: requestFor('n1').wireguardKey }],
  ])('key-taken: the %s key belongs to another name', (what, changes) => {
    const refusal = {
      code: 'key-taken',
      detail: expect.stringContaining(`the ${what} key of "n3" belongs to node "n1"`) as string,
    };
    expect(refusalOf('n3', changes)).toEqual(refusal);
  });

  it('key-taken: a known node takes the key of another', () => {
    expect(refusalOf('n2', { wireguardKey: requestFor('n1').wireguardKey })).toMatchObject({
      code: 'key-taken',
    });
  });

  it.each<[string, Partial<JoinRequest>, string]>([
    ['a prefix of a tunnel pool', { advertise: prefixes('10.192.0.0/24') }, '10.192.0.0/12'],
    ['a prefix around a node pool', { advertise: prefixes('10.0.0.0/8') }, '10.192.0.0/12'],
    ['a node pool', { advertise: prefixes('fd00:beef:beef::/48') }, 'fd00:beef:beef::/48'],
    ['the default route', { advertise: prefixes('0.0.0.0/0') }, 'default route'],
    ['the IPv6 default route', { advertise: prefixes('::/0') }, 'default route'],
    ['loopback', { advertise: prefixes('127.0.0.0/24') }, 'loopback'],
    ['multicast', { advertise: prefixes('ff05::/16') }, 'multicast'],
    ['all as source', { gathering: gathering('::/0') }, 'default route'],
    ['tunnel addresses as source', { gathering: gathering('10.192.0.0/24') }, '10.192.0.0/12'],
    ['link-local as source', { gathering: gathering('fe80::/64') }, 'link-local'],
    [
      'two preferences for one range',
      {
        gathering: [
          ...gathering('192.0.2.0/24'),
          { prefix: '192.0.2.0/24' as Prefix, preference: 20 },
        ],
      },
      'preferences 10 and 20',
    ],
  ])('malformed: %s', (_, changes, why) => {
    const refusal = { code: 'malformed', detail: expect.stringContaining(why) as string };
    expect(refusalOf('n3', changes)).toEqual(refusal);
  });

  it('gathering node addresses is allowed', () => {
    expect(refusalOf('n3', { gathering: gathering('10.128.0.0/24') })).toBe('admitted');
  });

  it('malformed: too many entries, and exactly as many as allowed are taken', () => {
    const many = Array.from({ length: 64 }, (_, i) => `10.1.${i}.0/24`);
    const more = [...many, '10.2.0.0/24'];
    const ends = more.map((_, i) => `192.0.2.1:${i + 1}`);
    expect(refusalOf('n3', { advertise: prefixes(...many) })).toBe('admitted');
    expect(refusalOf('n3', { gathering: gathering(...many) })).toBe('admitted');
    for (const changes of [
      { advertise: prefixes(...more) },
      { gathering: gathering(...more) },
      { endpoints: endpoints(...ends) },
    ]) {
      const detail = expect.stringContaining('has 65 entries; 64 are allowed') as string;
      expect(refusalOf('n3', changes)).toEqual({ code: 'malformed', detail });
    }
  });
});

describe('full pools', () => {
  it.each([
    ['-wgaddress', 'IPv4', { tunnel: ['fd00:1::/48', '10.1.0.0/30'] }],
    ['-wgaddress', 'IPv6', { tunnel: ['fd00:1::/126', '10.1.0.0/16'] }],
    ['-assignaddress', 'IPv4', { node: ['fd00:2::/48', '10.2.0.0/30'] }],
    ['-assignaddress', 'IPv6', { node: ['fd00:2::/126', '10.2.0.0/16'] }],
  ])('pool-exhausted: %s has no %s address left', (flag, family, pools) => {
    const room = family === 'IPv4' ? ['n1', 'n2'] : ['n1', 'n2', 'n3'];
    const outcome = joinNode(joinAll(registerWith(pools), room), requestFor('late'), opened);
    expect(outcome).toMatchObject({
      refusal: { code: 'pool-exhausted', detail: expect.stringContaining(flag) as string },
    });
    expect(outcome).toMatchObject({
      refusal: {
        detail: expect.stringContaining(`no free ${family} address for "late"`) as string,
      },
    });
  });
});

describe('advertised prefixes', () => {
  const asked = { advertise: prefixes('2001:db8:20::/48', '10.20.0.0/16') };

  it('are authorised at once under -open, sorted', () => {
    expect(join(registerWith(), 'n1', asked).node.advertised).toEqual([
      '10.20.0.0/16',
      '2001:db8:20::/48',
    ]);
  });

  it('are not authorised otherwise', () => {
    const joined = valueOf(joinNode(registerWith(), requestFor('n1', asked), closed));
    expect(joined.node.advertised).toEqual([]);
  });

  it('stay authorised when the controller is no longer open, but no new ones are', () => {
    const { register } = join(registerWith(), 'n1', { advertise: prefixes('10.20.0.0/16') });
    const again = valueOf(joinNode(register, requestFor('n1', asked), closed));
    expect(again.node.advertised).toEqual(['10.20.0.0/16']);
    expect(again.node.asked.advertise).toEqual(asked.advertise.toSorted());
  });
});
