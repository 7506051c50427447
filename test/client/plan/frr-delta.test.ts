import { describe, expect, test } from 'vitest';
import { deltaFrom, settledText } from '../../../client/plan/frr-delta.ts';
import { frrFile } from '../../../client/desired/frr-container.ts';
import { frrFor } from '../../../client/desired/frr.ts';
import { frrInputFor, peerOf } from '../desired/frr-case.ts';

const fileWith = (...numbers: readonly number[]): string =>
  frrFile(frrFor(frrInputFor({ peers: numbers.map((n) => peerOf(n)) }))!, 'frr.conf')!;

describe('the difference', () => {
  test('of a file with itself is nothing', () => {
    expect(deltaFrom([fileWith(2, 3)], fileWith(2, 3))).toEqual({ additive: true, script: '' });
  });

  test('does not see what the system decides', () => {
    const running = `frr version 10.3\nhostname h\nno ip forwarding\n${fileWith(2)}`;
    expect(deltaFrom([running], fileWith(2)).script).toBe('');
  });

  test('of another peer is additive and holds its lines only', () => {
    const { additive, script } = deltaFrom([fileWith(2)], fileWith(2, 3));
    expect(additive).toBe(true);
    expect(script).toContain('remote-as 4200000003');
    expect(script).not.toContain('4200000002');
  });

  test('of entries of a prefix-list is additive, and frees their numbers first', () => {
    const of = (...prefixes: readonly string[]): string =>
      prefixes.map((prefix, n) => `ip prefix-list x seq ${5 * n} permit ${prefix}\n`).join('');
    expect(deltaFrom([of('10.1.0.0/16', '10.3.0.0/16')], of('10.1.0.0/16', '10.2.0.0/16'))).toEqual(
      {
        additive: true,
        script:
          'no ip prefix-list x seq 5 permit 10.3.0.0/16\nip prefix-list x seq 5 permit 10.2.0.0/16\n',
      },
    );
  });

  test('of a peer less is one command for the neighbour', () => {
    const { additive, script } = deltaFrom([fileWith(2, 3)], fileWith(2));
    expect(additive).toBe(false);
    expect(script.match(/^no neighbor /gm)).toHaveLength(1);
    expect(script).not.toContain('4200000002');
  });

  test('leaves and enters contexts', () => {
    const have =
      'router bgp 1\n bgp router-id 1.1.1.1\n address-family ipv4 unicast\n  network 10.0.0.0/8\n exit-address-family\nexit\n';
    const want =
      'router bgp 1\n bgp router-id 1.1.1.1\n address-family ipv4 unicast\n  network 11.0.0.0/8\n exit-address-family\nexit\n';
    expect(deltaFrom([have], want).script).toBe(
      'router bgp 1\naddress-family ipv4 unicast\nno network 10.0.0.0/8\nnetwork 11.0.0.0/8\nexit-address-family\nexit\n',
    );
  });

  test('of a whole context is its opening line', () => {
    const have = 'route-map X permit 10\n match interface a\nexit\n';
    expect(deltaFrom([have], '!\n').script).toBe('no route-map X permit 10\n');
  });

  test('a negated line is taken back by its positive', () => {
    const have = 'router bgp 1\n no bgp network import-check\nexit\n';
    expect(deltaFrom([have], 'router bgp 1\nexit\n').script).toContain(
      '\nbgp network import-check\n',
    );
  });

  test('a changed ASN takes the neighbour away and makes it again', () => {
    const have =
      'router bgp 1\n neighbor m interface v6only peer-group MO\n neighbor m remote-as 2\nexit\n';
    expect(deltaFrom([have], have.replace('remote-as 2', 'remote-as 3')).script).toBe(
      'router bgp 1\nno neighbor m\nneighbor m interface v6only peer-group MO\nneighbor m remote-as 3\nexit\n',
    );
  });
});

test('what several daemons say twice counts once', () => {
  const line = 'ip prefix-list A seq 5 permit 10.0.0.0/8\n';
  expect(settledText([line, `hostname x\n${line}`])).toBe(line.trim());
});
