// What a node believes: its peers' own word, whatever a controller says.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Believed } from '../../../client/identity/accept-peers.ts';
import type { OperatorKey } from '../../../shared/address/key.ts';
import type { Tombstone } from '../../../shared/mesh/peer.ts';
import { identityFixture, nodeFixture, spoken, viewFixture } from '../../fake/view.ts';
import {
  believe,
  end,
  first,
  four,
  heir,
  operator,
  self,
  three,
  trust,
  two,
  viewAt,
  why,
} from './court.ts';

describe('at first sight', () => {
  it('believes peers that speak for themselves', () => {
    expect(first.view.peers).toEqual([two, three]);
    expect(first.pins.refused.size).toBe(0);
  });

  it('leaves out a peer that has not spoken, until it has', () => {
    const before = believe(viewAt(1n, [two, nodeFixture(3)]));
    expect(before.view.peers).toEqual([two]);
    expect([before.waiting, before.pins.refused.size]).toEqual([['node3'], 0]);
    expect(believe(viewAt(2n, [two, three]), before, { whole: false }).view.peers).toEqual([
      two,
      three,
    ]);
  });

  it.each([
    ['another WireGuard key', { wireguardKey: nodeFixture(9).wireguardKey }, 'not those'],
    ['another tunnel address', { tunnelAddress4: nodeFixture(9).tunnelAddress4 }, 'not those'],
    ['another name', { name: nodeFixture(2).name }, 'another mesh or another name'],
    ['another signer', { identityKey: identityFixture('x') }, 'not its own'],
  ] as const)('leaves out a peer whose statement is for %s', (_, changes, reason) => {
    const believed = believe(viewAt(1n, [{ ...three, ...changes }]));
    expect(believed.view.peers).toEqual([]);
    expect([...believed.pins.refused.values()][0]).toContain(reason);
  });

  it('leaves out a peer whose statement is for another mesh', () => {
    const stranger = spoken(nodeFixture(2), 1n, 'f'.repeat(32));
    expect(why(believe(viewAt(1n, [stranger])))).toContain('another mesh');
  });
});

describe('a peer that is known', () => {
  it.each([
    ['its WireGuard key is swapped', { wireguardKey: nodeFixture(9).wireguardKey }, 'not those'],
    ['its statement is taken away', { signedStatement: undefined }, 'without its own statement'],
    [
      'another identity speaks for it',
      spoken(nodeFixture(2, { identityKey: identityFixture('x') })),
      'identity key is another',
    ],
    ['it is given another ASN', { asn: nodeFixture(9).asn }, 'others than before'],
    ['it is given another address', { nodeAddress4: nodeFixture(9).nodeAddress4 }, 'others than'],
  ] as const)('stays what it was when %s', (_, changes, reason) => {
    const after = believe(viewAt(2n, [{ ...two, ...changes }, three]), first);
    expect(after.view.peers).toEqual([two, three]);
    expect(why(after)).toContain(reason);
  });

  it('takes what it signs anew, and what the controller may say of it', () => {
    const newer = spoken({ ...two, wireguardKey: nodeFixture(9).wireguardKey }, 2n);
    const moved = { ...newer, endpoints: nodeFixture(8).endpoints };
    expect(believe(viewAt(2n, [moved, three]), first).view.peers).toEqual([moved, three]);
  });

  it('is never rolled back, nor heard to say two things at once', () => {
    const newer = spoken({ ...two, wireguardKey: nodeFixture(9).wireguardKey }, 2n);
    const second = believe(viewAt(2n, [newer, three]), first);
    const back = believe(viewAt(3n, [two, three]), second);
    expect([back.view.peers[0], why(back)]).toEqual([newer, expect.stringContaining('older')]);
    const other = spoken({ ...two, wireguardKey: nodeFixture(8).wireguardKey }, 2n);
    const twice = believe(viewAt(3n, [other, three]), second);
    expect([twice.view.peers[0], why(twice)]).toEqual([newer, expect.stringContaining('two')]);
  });

  it('is believed again as soon as it is told right', () => {
    const swapped = { ...two, wireguardKey: nodeFixture(9).wireguardKey };
    const wrong = believe(viewAt(2n, [swapped, three]), first);
    const right = believe(viewAt(3n, [{ ...two }, wrong.view.peers[1] ?? three]), wrong, {
      whole: false,
    });
    expect([right.pins.refused.size, right.view.peers]).toEqual([0, [two, three]]);
  });

  it('stays refused while nothing new is said of it', () => {
    const wrong = believe(viewAt(2n, [{ ...two, asn: nodeFixture(9).asn }, three]), first);
    const next = believe({ ...wrong.view, peers: [...wrong.view.peers, four] }, wrong, {
      whole: false,
    });
    expect(why(next)).toContain('others than before');
  });

  it('keeps its addresses and keys from anybody else', () => {
    const thief = spoken({ ...four, nodeAddress6: two.nodeAddress6 });
    const announcer = spoken({ ...four, advertised: ['10.128.0.2/32' as never] });
    for (const each of [thief, announcer]) {
      const after = believe(viewAt(2n, [two, three, each]), first);
      expect(after.view.peers).toEqual([two, three]);
      expect(why(after, 'node4')).toContain('belongs to node2');
    }
  });
});

describe('another identity key', () => {
  it.each([
    ['the old key', two.identityKey],
    ['an operator key', operator],
  ])('is believed with a succession by %s', (_, by) => {
    const after = believe(viewAt(2n, [heir(two, by), three]), first);
    expect(after.view.peers[0]?.identityKey).toBe(identityFixture('heir'));
  });

  it('is refused with a succession by anybody else, or for another name', () => {
    expect(why(believe(viewAt(2n, [heir(two, three.identityKey), three]), first))).toContain(
      'does not trust',
    );
    const other = { ...heir(two, two.identityKey), succession: heir(three, operator).succession };
    expect(why(believe(viewAt(2n, [other, three]), first))).toContain('another name or key');
  });

  it('never goes back by an operator’s old word', () => {
    const once = heir(two, operator, { issuedAtSeconds: 5n });
    const second = believe(viewAt(2n, [once, three]), first);
    const again = heir(two, operator, { issuedAtSeconds: 6n, text: 'second heir' });
    const third = believe(viewAt(3n, [again, three]), second);
    const back = believe(viewAt(4n, [once, three]), third);
    expect([back.view.peers[0], why(back)]).toEqual([again, expect.stringContaining('older')]);
  });
});

describe('a removal', () => {
  const gone = (tombstone: Tombstone): Believed =>
    believe(viewAt(5n, [three], { tombstones: [tombstone] }), first);

  it('by the register is believed, and the name keeps its pin', () => {
    const after = gone(end(two, 4n));
    expect([after.view.peers, after.view.tombstones.length]).toEqual([[three], 1]);
    const stranger = spoken(nodeFixture(2, { identityKey: identityFixture('x') }));
    expect(why(believe(viewAt(6n, [stranger, three]), after))).toContain('identity key is another');
    expect(believe(viewAt(6n, [{ ...two }, three]), after).view.peers).toEqual([two, three]);
  });

  it.each([
    ['unsigned', { ...end(two, 4n), signedRemoval: undefined }, 'not signed'],
    ['forged', end(two, 4n, generateKeyPairSync('ed25519').privateKey), 'forged'],
    ['of another node', { ...end(three, 4n), name: two.name }, 'another node'],
    ['from before it was seen alive', end(two, 1n), 'seen alive after'],
  ] as const)('that is %s is not', (_, tombstone, reason) => {
    const after = gone(tombstone);
    expect(after.view.peers).toEqual([two, three]);
    expect([why(after), after.view.tombstones]).toEqual([expect.stringContaining(reason), []]);
  });
});

describe('the rest of a view', () => {
  it('that is empty removes nobody', () => {
    expect(believe(viewAt(2n, []), first).view.peers).toEqual([two, three]);
  });

  it('leaves this node the place that the register signed', () => {
    const after = believe(viewAt(2n, [two], { self: { ...self, asn: two.asn } }), first);
    expect([after.view.self.asn, after.pins.refused.has('node1')]).toEqual([self.asn, true]);
  });

  it('cannot add operator keys', () => {
    const { settings } = viewFixture(self, []);
    const operatorKeys = [...trust.operatorKeys, identityFixture('y') as string as OperatorKey];
    const after = believe(viewAt(2n, [two, three], { settings: { ...settings, operatorKeys } }));
    expect(after.view.settings.operatorKeys).toEqual(trust.operatorKeys);
    expect(why(after, 'operator keys')).toContain('-operatorkey');
  });

  it('of another register has other places, and the same identities', () => {
    const other = { ...trust, registerId: 'e'.repeat(32) };
    const stranger = spoken(
      nodeFixture(2, { identityKey: identityFixture('x') }),
      2n,
      'e'.repeat(32),
    );
    const moved = spoken({ ...three, asn: nodeFixture(9).asn }, 2n, 'e'.repeat(32));
    const after = believe(viewAt(1n, [stranger, moved]), first, { trust: other });
    expect(after.view.peers).toEqual([moved]);
    expect(why(after)).toContain('identity key is another');
  });

  it('that says nothing new costs nothing to keep', () => {
    const again = believe(first.view, first, { whole: false });
    expect(again.pins).toBe(first.pins);
  });
});
