// FRR: who its neighbours are, what each may say, and the files that say so.
import { bitsOf, type Family, type Ip } from '../../shared/address/ip.ts';
import {
  comparePrefix,
  hostPrefix,
  lengthOf,
  prefixFamily,
  type Prefix,
} from '../../shared/address/prefix.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { ConfigurationFile, Frr, Link } from './desired.ts';
import type { Facts } from './facts.ts';
import type { FrrModel, FrrNeighbour, PrefixEntry } from './frr-model.ts';
import { renderFrrFile } from './frr-text.ts';
import { compareText, isEnabled, type DesiredInput } from './input.ts';
import { linkLocalOf, nodeInterface } from './names.ts';

export interface FrrInput extends Pick<DesiredInput, 'view' | 'config' | 'facts'> {
  readonly links: readonly Link[];
}

export const frrFileNames = ['daemons', 'vtysh.conf', 'frr.conf'] as const;

/** Undefined where FRR is switched off. */
export const frrFor = (input: FrrInput): Frr | undefined => {
  if (input.config.frr === 'none' || !isEnabled(input.config, 'frr')) return undefined;
  const model = frrModelFor(input);
  return {
    configuration: configurationFor(model, input.facts.templates),
    image: input.config.frrImage,
    neighbours: model.neighbours.map((neighbour) => neighbour.interface),
  };
};

/** The mesh goes on without it; an operator is told what guards it then. */
export const originComplaints = (
  { frrRpki, frrFlooding }: Pick<Facts, 'frrRpki' | 'frrFlooding'>,
  config: DesiredInput['config'],
): readonly string[] => {
  if (!isEnabled(config, 'frr') || config.frr === 'none') return [];
  const lacking =
    `the FRR image ${config.frrImage} lacks the module rpki (Debian: frr-rpki-rtrlib), so only the prefix-lists ` +
    'guard what peers announce: use an image with it, or say -disable rpki';
  return [
    ...(frrRpki === false && isEnabled(config, 'rpki') ? [lacking] : []),
    ...frrFlooding.map(
      (name) =>
        `the peer at ${name} announces so many prefixes that it may not that its session is shut for ten ` +
        'minutes: see what it runs, or remove it (meshoverctl remove)',
    ),
  ];
};

export const frrModelFor = ({ view, config, facts, links }: FrrInput): FrrModel => {
  const { self, peers, settings } = view;
  const interfaces = new Map(
    links.flatMap((link) => ('peer' in link ? [[link.peer, link.name] as const] : [])),
  );
  const neighbours = peers
    .flatMap((peer) => neighbourOf(peer, interfaces.get(peer.name), settings.tunnelPools))
    .map((neighbour) => ({ ...neighbour, shut: facts.frrFlooding.includes(neighbour.interface) }))
    .sort((a, b) => compareText(a.interface, b.interface));
  const own = entriesFor(self, settings.tunnelPools);
  const advertised = [...self.advertised].sort(comparePrefix);
  return {
    version: facts.frrVersion ?? 'unknown',
    features: {
      gracefulRestartNotification: isAtLeast(facts.frrVersion, 8, 4),
      rpki: facts.frrRpki === true && isEnabled(config, 'rpki'),
      rpkiCacheTcp: isAtLeast(facts.frrVersion, 10, 0),
    },
    originValidation: { wanted: isEnabled(config, 'rpki'), port: config.rtrPort },
    asn: self.asn,
    routerId: self.nodeAddress4,
    nodeInterface,
    linkLocal: linkLocalOf(self.asn),
    bfd: config.bfd,
    maximumPrefixes: 1000,
    // In steps, because a change of it restarts FRR.
    openFiles: 1024 * 2 ** Math.ceil(Math.log2(Math.max(1, neighbours.length / 250))),
    own4: ofFamily(own, 4),
    own6: ofFamily(own, 6),
    advertised4: advertised.filter((prefix) => prefixFamily(prefix) === 4),
    advertised6: advertised.filter((prefix) => prefixFamily(prefix) === 6),
    neighbours,
  };
};

const neighbourOf = (
  peer: Peer,
  name: string | undefined,
  tunnelPools: readonly Prefix[],
): readonly Omit<FrrNeighbour, 'shut'>[] => {
  if (name === undefined) return [];
  const accepted = entriesFor(peer, tunnelPools);
  return [
    {
      interface: name,
      linkLocal: linkLocalOf(peer.asn),
      name: peer.name,
      asn: peer.asn,
      accepted4: ofFamily(accepted, 4),
      accepted6: ofFamily(accepted, 6),
    },
  ];
};

type Draft = Omit<PrefixEntry, 'seq'>;

/**
 * What a node may announce, the same list at its own door and at its peers'. A tunnel address that
 * came by BGP would lead the tunnels into themselves, so their pools are refused first.
 */
const entriesFor = (node: Peer, tunnelPools: readonly Prefix[]): readonly Draft[] => [
  ...[...tunnelPools].sort(comparePrefix).map((pool) => orLonger('deny', pool)),
  ...[node.nodeAddress4, node.nodeAddress6].map(exactly),
  ...[...node.advertised].sort(comparePrefix).map((prefix) => orLonger('permit', prefix)),
];

const exactly = (address: Ip): Draft => orLonger('permit', hostPrefix(address));

const orLonger = (action: Draft['action'], prefix: Prefix): Draft => {
  const longest = bitsOf(prefixFamily(prefix));
  return { action, prefix, orLonger: lengthOf(prefix) < longest, longest };
};

const ofFamily = (drafts: readonly Draft[], family: Family): readonly PrefixEntry[] =>
  drafts
    .filter(({ prefix }) => prefixFamily(prefix) === family)
    .map((draft, index) => ({ seq: (index + 1) * 5, ...draft }));

/** A version that is not known yet is taken for one that the project supports. */
const isAtLeast = (version: string | undefined, major: number, minor: number): boolean => {
  const [its = major, itsMinor = minor] = (version ?? '').split('.').filter(Boolean).map(Number);
  return its > major || (its === major && itsMinor >= minor);
};

const configurationFor = (model: FrrModel, templates: Facts['templates']): Frr['configuration'] => {
  const files: ConfigurationFile[] = [];
  for (const name of frrFileNames) {
    const template = templates[name];
    if (template === undefined) {
      return { ok: false, reason: `the template ${name} is missing: put it back, or see -frrconf` };
    }
    const text = renderFrrFile(name, template, model);
    if (!text.ok) return text;
    files.push({ name, text: text.value });
  }
  return { ok: true, files };
};
