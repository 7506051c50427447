// What a node knows after one event of the peers stream.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Peer, Tombstone } from '../../shared/mesh/peer.ts';
import { printRevision, sameEpoch, type Revision } from '../../shared/mesh/revision.ts';
import type { View, ViewEvent } from '../../shared/mesh/view.ts';

export type ViewAfter =
  | {
      readonly kind: 'view';
      readonly view: View;
      /** Peers that the controller did not name any more and that stay until it says they are gone. */
      readonly kept: readonly Hostname[];
    }
  /** The event does not fit what is known: ask for a snapshot. */
  | { readonly kind: 'resync'; readonly reason: string }
  /** This node itself was removed from the mesh. */
  | { readonly kind: 'removed'; readonly reason: string };

type SnapshotEvent = Extract<ViewEvent, { kind: 'snapshot' }>;
type DeltaEvent = Extract<ViewEvent, { kind: 'delta' }>;

/** A pure fold: the same events give the same view, however they were cut or resumed. */
export const viewAfter = (view: View | undefined, event: ViewEvent, self: Hostname): ViewAfter =>
  event.kind === 'snapshot' ? afterSnapshot(view, event, self) : afterDelta(view, event);

const afterSnapshot = (view: View | undefined, event: SnapshotEvent, self: Hostname): ViewAfter => {
  const known = view?.revision.registerId === event.revision.registerId ? view : undefined;
  const present = byName(event.peers);
  const me = present.get(self);
  const myEnd = event.tombstones.find((tombstone) => tombstone.name === self);
  if (me === undefined && myEnd !== undefined) return { kind: 'removed', reason: myEnd.reason };
  const ownEntry = me ?? known?.self;
  if (ownEntry === undefined) return { kind: 'resync', reason: 'the snapshot lacks this node' };
  const tombstones = mergedTombstones(known?.tombstones ?? [], event.tombstones, present);
  const gone = new Set(event.tombstones.map((tombstone) => tombstone.name));
  const kept = keptPeers(known?.peers ?? [], event.peers, gone);
  return {
    kind: 'view',
    view: {
      revision: event.revision,
      self: ownEntry,
      peers: sortedByName([...event.peers, ...kept].filter((peer) => peer.name !== self)),
      tombstones,
      settings: event.settings,
    },
    kept: kept.map((peer) => peer.name),
  };
};

const afterDelta = (view: View | undefined, event: DeltaEvent): ViewAfter => {
  const misfit = misfitOf(view?.revision, event);
  if (view === undefined || misfit !== undefined) {
    return { kind: 'resync', reason: misfit ?? 'changes came before the first snapshot' };
  }
  if (event.to.number <= view.revision.number) return { kind: 'view', view, kept: [] };
  const changed = byName(event.peers);
  const self = changed.get(view.self.name);
  const gone = new Set(event.tombstones.map((tombstone) => tombstone.name));
  if (self === undefined && gone.has(view.self.name)) {
    const end = event.tombstones.find((tombstone) => tombstone.name === view.self.name);
    return { kind: 'removed', reason: end?.reason ?? '' };
  }
  const unchanged = view.peers.filter((peer) => !changed.has(peer.name) && !gone.has(peer.name));
  const others = event.peers.filter((peer) => peer.name !== view.self.name);
  return {
    kind: 'view',
    view: {
      revision: event.to,
      self: self ?? view.self,
      peers: sortedByName([...unchanged, ...others]),
      tombstones: mergedTombstones(view.tombstones, event.tombstones, changed),
      settings: view.settings,
    },
    kept: [],
  };
};

const misfitOf = (held: Revision | undefined, event: DeltaEvent): string | undefined => {
  if (held === undefined) return 'changes came before the first snapshot';
  if (!sameEpoch(held, event.from) || !sameEpoch(held, event.to)) {
    return `changes of ${printRevision(event.to)} do not continue ${printRevision(held)}`;
  }
  return event.from.number > held.number
    ? `changes from ${printRevision(event.from)} leave a gap after ${printRevision(held)}`
    : undefined;
};

/** Two nodes with one key or address cannot both be configured: what the controller names now wins. */
const keptPeers = (
  known: readonly Peer[],
  present: readonly Peer[],
  gone: ReadonlySet<string>,
): readonly Peer[] => {
  const taken = new Set(present.flatMap(claimsOf));
  return known.filter(
    (peer) => !gone.has(peer.name) && claimsOf(peer).every((claim) => !taken.has(claim)),
  );
};

const claimsOf = (peer: Peer): readonly string[] => [
  peer.name,
  String(peer.asn),
  peer.wireguardKey,
  peer.tunnelAddress6,
  peer.tunnelAddress4,
  peer.nodeAddress6,
  peer.nodeAddress4,
];

const mergedTombstones = (
  known: readonly Tombstone[],
  more: readonly Tombstone[],
  present: ReadonlyMap<string, Peer>,
): readonly Tombstone[] => {
  const merged = new Map(known.map((tombstone) => [tombstone.name, tombstone] as const));
  for (const tombstone of more) merged.set(tombstone.name, tombstone);
  return sortedByName([...merged.values()].filter(({ name }) => !present.has(name)));
};

const byName = (peers: readonly Peer[]): ReadonlyMap<string, Peer> =>
  new Map(peers.map((peer) => [peer.name, peer] as const));

const sortedByName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
  [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
