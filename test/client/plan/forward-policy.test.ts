// Firewalls of others that drop transit: read from their own words, told with the remedy.
import { describe, expect, it } from 'vitest';
import {
  droppingChainsFrom,
  legacyDropFrom,
  nftDropFrom,
} from '../../../client/observe/forward-policy.ts';
import { forwardComplaintsFrom } from '../../../client/plan/forward-policy.ts';

const listed = `table ip filter {
	chain INPUT {
		type filter hook input priority filter; policy drop;
	}
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
	}
}
table inet meshover {
	chain forward {
		type filter hook forward priority mangle; policy accept;
	}
}
table bridge filter {
	chain FORWARD {
		type filter hook forward priority -200; policy drop;
	}
}
table inet wall {
	chain routed {
		type filter hook forward priority filter + 10; policy drop;
	}
}
`;

const [iptables, wall] = [
  { family: 'ip', table: 'filter', chain: 'FORWARD' },
  { family: 'inet', table: 'wall', chain: 'routed' },
];

describe('nftables', () => {
  it('shows which routed chains drop', () => {
    expect(droppingChainsFrom(listed)).toEqual([iptables, wall]);
    expect(droppingChainsFrom('')).toEqual([]);
  });

  it('is content once both ways are let through', () => {
    const both = 'iifname "mo-*" counter accept\n\t\toifname "mo-*" counter accept\n';
    expect(nftDropFrom(wall, both)).toEqual([]);
    expect(nftDropFrom(wall, 'iifname "mo-*" accept\n')).toHaveLength(1);
    expect(nftDropFrom(wall, both.replaceAll('accept', 'drop'))).toHaveLength(1);
  });

  it('has its remedy in words of nft', () => {
    expect(forwardComplaintsFrom(nftDropFrom(wall, ''))).toEqual([
      expect.stringContaining(
        `nft insert rule inet wall routed iifname '"mo-*"' accept; nft insert`,
      ),
    ]);
  });

  it("sends Docker's users to their own chain", () => {
    const [complaint] = forwardComplaintsFrom(nftDropFrom(iptables, '\tchain DOCKER-USER {\n'));
    expect(complaint).toContain("policy DROP of iptables's chain FORWARD");
    expect(complaint).toContain(
      'iptables -I DOCKER-USER -i mo-+ -j ACCEPT; iptables -I DOCKER-USER -o mo-+ -j ACCEPT',
    );
    const six = nftDropFrom({ ...iptables, family: 'ip6' }, '');
    expect(forwardComplaintsFrom(six)[0]).toContain('ip6tables -I FORWARD -i mo-+ -j ACCEPT');
  });
});

describe('iptables-legacy', () => {
  const drops = '-P INPUT ACCEPT\n-P FORWARD DROP\n';

  it('is told like the other', () => {
    const found = legacyDropFrom('ip6tables-legacy', drops);
    expect(forwardComplaintsFrom(found)[0]).toContain('ip6tables-legacy -I FORWARD -i mo-+');
  });

  it.each([
    ['a policy that accepts', '-P FORWARD ACCEPT\n'],
    [
      'both ways let through',
      `${drops}-A FORWARD -i mo-+ -j ACCEPT\n-A FORWARD -o mo-+ -j ACCEPT\n`,
    ],
  ])('with %s is content', (_, rules) => {
    expect(legacyDropFrom('iptables-legacy', rules)).toEqual([]);
  });
});
