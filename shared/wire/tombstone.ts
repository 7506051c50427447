// The word that a node is gone, as the wire carries it.
import type { Tombstone as WireTombstone } from '../../proto/gen/meshover/v1/mesh.ts';
import { asnFrom } from '../address/asn.ts';
import { parseHostname } from '../address/hostname.ts';
import type { Tombstone } from '../mesh/peer.ts';
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';

export const tombstoneToWire = (tombstone: Tombstone): WireTombstone => ({
  name: tombstone.name,
  asn: tombstone.asn,
  removedAt: tombstone.removedAt,
  reason: tombstone.reason,
  signature: Buffer.alloc(0),
});

export const tombstoneFromWire = (wire: WireTombstone): Parsed<Tombstone> => {
  const name = parseHostname(wire.name);
  if (!name.ok) return malformed(`tombstone: ${name.reason}`);
  const asn = asnFrom(wire.asn);
  if (!asn.ok) return malformed(`tombstone of "${name.value}": ${asn.reason}`);
  return parsed({
    name: name.value,
    asn: asn.value,
    removedAt: wire.removedAt,
    reason: wire.reason,
  });
};

/** The good ones, and a sentence for each bad one. */
export const tombstonesFromWire = (
  wires: readonly WireTombstone[],
): { readonly tombstones: readonly Tombstone[]; readonly reasons: readonly string[] } => {
  const tombstones: Tombstone[] = [];
  const reasons: string[] = [];
  for (const wire of wires) {
    const tombstone = tombstoneFromWire(wire);
    if (tombstone.ok) tombstones.push(tombstone.value);
    else reasons.push(tombstone.reason);
  }
  return { tombstones, reasons };
};
