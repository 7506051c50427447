// What a node may announce and gather.
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { Prefix } from '../../../shared/address/prefix.ts';
import { authoriseNode, type Authorisation } from '../../../server/register/authorise.ts';
import { joinNode } from '../../../server/register/join.ts';
import { unauthorisedOf } from '../../../server/register/grant.ts';
import { nodeOf, type Register } from '../../../server/register/register.ts';
import { act, closed, registerWith, requestFor, valueOf } from './requests.ts';

const prefixes = (...texts: string[]): readonly Prefix[] => texts as Prefix[];
const asked = {
  advertise: prefixes('10.20.0.0/16', '2001:db8:20::/48'),
  gathering: [{ prefix: '192.0.2.0/27' as Prefix, preference: 10 }],
};
const register = ['a', 'b'].reduce(
  (held, name) => valueOf(joinNode(held, requestFor(name, asked), closed)).register,
  registerWith(),
);

const wish = (changes: Partial<Authorisation['grants']>, withdraw = false): Authorisation => ({
  name: 'a' as Hostname,
  grants: { advertise: [], gathering: [], ...changes },
  withdraw,
});

const authorised = (held: Register, authorisation: Authorisation): Register =>
  valueOf(authoriseNode(held, authorisation, act)).register;

describe('authorise', () => {
  it('tells peers what is both asked for and granted, and the node what is not', () => {
    const grants = { advertise: prefixes('10.20.0.0/16', '10.99.0.0/16') };
    const node = nodeOf(authorised(register, wish(grants)), 'a')!;
    expect([node.advertised, node.gathering]).toEqual([['10.20.0.0/16'], []]);
    expect(unauthorisedOf(node)).toEqual({
      advertise: ['2001:db8:20::/48'],
      gathering: ['192.0.2.0/27'],
    });
  });

  it('grants exactly the prefix, not what lies within it', () => {
    const node = nodeOf(authorised(register, wish({ advertise: prefixes('10.0.0.0/9') })), 'a')!;
    expect(node.advertised).toEqual([]);
  });

  it('gathering keeps its preference', () => {
    const node = nodeOf(authorised(register, wish({ gathering: prefixes('192.0.2.0/27') })), 'a')!;
    expect(node.gathering).toEqual(asked.gathering);
  });

  it('one prefix for two nodes is anycast', () => {
    const grants = { advertise: prefixes('10.20.0.0/16') };
    const both = authorised(authorised(register, wish(grants)), {
      ...wish(grants),
      name: 'b' as Hostname,
    });
    const announced = ['a', 'b'].map((name) => nodeOf(both, name)?.advertised);
    expect(announced).toEqual([['10.20.0.0/16'], ['10.20.0.0/16']]);
  });

  it('the same again changes nothing', () => {
    const once = authorised(register, wish({ advertise: prefixes('10.20.0.0/16') }));
    expect(authorised(once, wish({ advertise: prefixes('10.20.0.0/16') }))).toBe(once);
  });

  it('is withdrawn again, and both are events', () => {
    const grants = { advertise: prefixes('10.20.0.0/16'), gathering: prefixes('192.0.2.0/27') };
    const granted = valueOf(authoriseNode(register, wish(grants), act));
    const withdrawal = wish({ advertise: prefixes('10.20.0.0/16') }, true);
    const withdrawn = valueOf(authoriseNode(granted.register, withdrawal, act));
    expect(withdrawn.node).toMatchObject({ advertised: [], gathering: asked.gathering });
    expect([...granted.change.events, ...withdrawn.change.events]).toMatchObject([
      { what: 'authorised', subject: 'a', old: '{"advertise":[],"gathering":[]}' },
      { what: 'withdrawn', new: '{"advertise":[],"gathering":["192.0.2.0/27"]}' },
    ]);
  });

  it.each<[string, Authorisation, string]>([
    ['a pool', wish({ advertise: prefixes('10.128.0.0/24') }), '10.128.0.0/12'],
    ['the default route', wish({ advertise: prefixes('0.0.0.0/0') }), 'default route'],
    ['tunnel addresses as source', wish({ gathering: prefixes('10.192.0.0/24') }), '10.192.0.0/12'],
    [
      'back what was not given',
      wish({ advertise: prefixes('10.20.0.0/16') }, true),
      'not authorised',
    ],
  ])('%s is refused', (_, authorisation, why) => {
    expect(authoriseNode(register, authorisation, act)).toMatchObject({
      refusal: { code: 'malformed', detail: expect.stringContaining(why) as string },
    });
  });

  it('of a node that is not there is refused', () => {
    const nobody = { ...wish({}), name: 'z' as Hostname };
    expect(authoriseNode(register, nobody, act)).toMatchObject({
      refusal: { code: 'unknown-node' },
    });
  });
});
