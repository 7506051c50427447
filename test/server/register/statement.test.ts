// The node's own word: taken when it is good, never an older one again.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { IdentityKey, WireGuardKey } from '../../../shared/address/key.ts';
import type { Ip } from '../../../shared/address/ip.ts';
import type { JoinRequest } from '../../../shared/mesh/join-request.ts';
import type { Signed, Statement } from '../../../shared/mesh/trust.ts';
import { registerKeyOf, signWord } from '../../../shared/trust/signed.ts';
import { statementKind } from '../../../shared/wire/signed.ts';
import { joinNode, type Joined } from '../../../server/register/join.ts';
import { keyFor, opened, registerId, registerWith, requestFor, valueOf } from './requests.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const identityKey = registerKeyOf(privateKey) as string as IdentityKey;
const request = (changes: Partial<JoinRequest>): JoinRequest =>
  requestFor('a', { identityKey, ...changes });
const first = valueOf(joinNode(registerWith(), request({}), opened));

const stated = (changes: Partial<Statement> = {}, key: KeyObject = privateKey): Signed =>
  signWord(
    statementKind,
    {
      registerId,
      name: 'a' as Hostname,
      wireguardKey: first.node.wireguardKey,
      tunnelAddress6: first.node.tunnelAddress6,
      tunnelAddress4: first.node.tunnelAddress4,
      exchangeKey: '',
      sequence: 5n,
      ...changes,
    },
    key,
  );

const after = (signedStatement: Signed, from: Joined = first): ReturnType<typeof joinNode> =>
  joinNode(from.register, request({ signedStatement }), opened);

describe('a statement', () => {
  it('is given to the peers', () => {
    const signed = stated();
    const { node, change } = valueOf(after(signed));
    expect(node.signedStatement).toBe(signed);
    expect(change.nodes).toEqual([node]);
  });

  it('said again changes nothing; a node that says nothing keeps it', () => {
    const with5 = valueOf(after(stated()));
    expect(valueOf(after(stated(), with5)).register).toBe(with5.register);
    expect(valueOf(joinNode(with5.register, request({}), opened)).register).toBe(with5.register);
  });

  it('with a higher sequence replaces it', () => {
    const with5 = valueOf(after(stated()));
    const signed = stated({ sequence: 6n });
    expect(valueOf(after(signed, with5)).node.signedStatement).toBe(signed);
  });

  it.each<[string, Signed, RegExp]>([
    ['signed by another key', stated({}, generateKeyPairSync('ed25519').privateKey), /signature/],
    ['of another name', stated({ name: 'b' as Hostname }), /another name/],
    [
      'of another WireGuard key',
      stated({ wireguardKey: keyFor('x') as WireGuardKey }),
      /another name or WireGuard key/,
    ],
    ['that is garbage', 'AAAA' as Signed, /statement/],
    ['with a lower sequence', stated({ sequence: 4n }), /sequence 4, and 5 was given before/],
    ['with the same sequence and other words', stated({ exchangeKey: 'AAAA' }), /sequence 5/],
  ])('%s is refused', (_, signed, why) => {
    const outcome = after(signed, valueOf(after(stated())));
    expect(outcome).toMatchObject({
      refusal: { code: 'malformed', detail: expect.stringMatching(why) as string },
    });
  });

  it.each<[string, Partial<Statement>]>([
    ['for another register', { registerId: 'f'.repeat(32) }],
    ['for another place', { tunnelAddress6: 'fd00:6d65:7368::1' as Ip }],
  ])('%s is left out, so that the node sees it and states anew', (_, changes) => {
    expect(valueOf(after(stated(changes))).node.signedStatement).toBeUndefined();
  });

  it('of the WireGuard key before is not told any more', () => {
    const with5 = valueOf(after(stated()));
    const changed = request({ wireguardKey: keyFor('new') as WireGuardKey });
    expect(valueOf(joinNode(with5.register, changed, opened)).node.signedStatement).toBeUndefined();
  });
});
