// What the hostile node announces though it is another's or nobody's, and the configuration of FRR that says so.
import type { NodeAddresses } from '../../lab/addresses.ts';
import { fourNodes } from '../../lab/topologies.ts';

export interface Lie {
  readonly what: string;
  readonly v4: string;
  readonly v6: string;
  /** This ASN is the origin in its path, behind the hostile node's own. */
  readonly origin?: number;
}

export interface Victim extends NodeAddresses {
  readonly asn: number;
  readonly tunnel: { readonly v4: string; readonly v6: string };
}

const lanOf = (name: string) => {
  const lan = fourNodes.nodes.find((node) => node.name === name)?.lan;
  if (lan === undefined) throw new Error(`${name} has no LAN in the topology`);
  return lan;
};

const hostPrefix = (length: number, address: string): string =>
  `${address.replace(/\/.*/, '')}/${length}`;

export const liesAbout = (alpha: Victim, bravo: Victim, charlie: Victim): readonly Lie[] => {
  const [lanA, lanB] = [lanOf('alpha'), lanOf('bravo')];
  return [
    { what: "another's address", v4: `${bravo.v4}/32`, v6: `${bravo.v6}/128` },
    { what: "another's LAN", v4: lanB.v4.prefix, v6: lanB.v6.prefix },
    {
      what: "a host in another's LAN",
      v4: hostPrefix(32, lanB.v4.address),
      v6: hostPrefix(128, lanB.v6.address),
    },
    { what: 'a default route', v4: '0.0.0.0/0', v6: '::/0' },
    { what: "another's tunnel", v4: `${charlie.tunnel.v4}/32`, v6: `${charlie.tunnel.v6}/128` },
    { what: 'a prefix of nobody', v4: '198.18.0.0/15', v6: '2001:2::/48' },
    {
      what: "another's address with the other as its origin",
      ...{ v4: `${charlie.v4}/32`, v6: `${charlie.v6}/128`, origin: charlie.asn },
    },
    {
      what: "a host in another's LAN with the other as its origin",
      ...{ v4: hostPrefix(32, lanA.v4.address), v6: hostPrefix(128, lanA.v6.address) },
      origin: alpha.asn,
    },
  ];
};

const familyLines = (lies: readonly Lie[], family: 4 | 6): readonly string[] => [
  ` address-family ipv${family} unicast`,
  `  no neighbor MO prefix-list MO-OWN-${family} out`,
  '  no neighbor MO filter-list MO-OWN out',
  ...lies.map(({ v4, v6, origin }) => {
    const forged = origin === undefined ? '' : ` route-map FORGED-${origin}`;
    return `  network ${family === 4 ? v4 : v6}${forged}`;
  }),
  ' exit-address-family',
];

/** The agent's own outbound filters go, and each lie is told on every link. */
export const lyingConfiguration = (asn: number, lies: readonly Lie[]): string => {
  const origins = [...new Set(lies.flatMap(({ origin }) => origin ?? []))];
  return [
    ...origins.flatMap((origin) => [
      `route-map FORGED-${origin} permit 10`,
      ` set as-path prepend ${origin}`,
      'exit',
    ]),
    `router bgp ${asn}`,
    ' no bgp ebgp-requires-policy',
    ...familyLines(lies, 4),
    ...familyLines(lies, 6),
    'exit',
    '',
  ].join('\n');
};

/** A word about its own address, which is heard after all that was told before: a fence. */
export const fenceConfiguration = (metric: number): string =>
  ['route-map MO-NODE permit 10', ` set metric ${metric}`, 'exit', ''].join('\n');
