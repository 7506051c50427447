// The joined bytes are what ts-proto would have encoded.
import { expect, test } from 'vitest';
import { WatchResponse } from '../../../proto/gen/meshover/v1/peers.ts';
import { removeNode } from '../../../server/register/remove.ts';
import { eventCodec, peersPerChunk } from '../../../server/rpc/event-codec.ts';
import { deltaBetween, snapshotFor } from '../../../server/view/event.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { peerToWire, tombstoneToWire } from '../../../shared/wire/peer.ts';
import { revisionToWire } from '../../../shared/wire/revision.ts';
import { settingsToWire } from '../../../shared/wire/settings.ts';
import { act, joinAll, registerWith, valueOf } from '../register/requests.ts';

const names = Array.from({ length: 2 * peersPerChunk + 1 }, (_, i) => `n${i}`);
const joined = joinAll(registerWith(), names);
const register = valueOf(
  removeNode(joined, { name: 'n7' as Hostname, reason: 'gone' }, act),
).register;

const decoded = (bytes: Uint8Array): WatchResponse['event'] => WatchResponse.decode(bytes).event;

test('a snapshot comes in chunks, each with the settings, and only the last says last', () => {
  const snapshot = snapshotFor(register);
  const events = eventCodec().snapshot(snapshot).map(decoded);
  expect(events).toEqual(
    [0, 1].map((i) => ({
      $case: 'snapshot',
      value: {
        revision: revisionToWire(register.revision),
        peers: snapshot.peers
          .slice(i * peersPerChunk, (i + 1) * peersPerChunk)
          .map((peer) => peerToWire(peer, peer.changedAt)),
        tombstones: i === 0 ? snapshot.tombstones.map(tombstoneToWire) : [],
        settings: settingsToWire(register.settings),
        last: i === 1,
      },
    })),
  );
});

test('an empty register is one chunk, the last', () => {
  const chunks = eventCodec().snapshot(snapshotFor(registerWith()));
  expect(chunks.map(decoded)).toMatchObject([{ value: { peers: [], last: true } }]);
});

test('a delta', () => {
  const delta = deltaBetween(register, register.revision.number - 3n);
  expect(decoded(eventCodec().delta(delta))).toEqual({
    $case: 'delta',
    value: {
      from: revisionToWire(delta.from),
      to: revisionToWire(delta.to),
      peers: delta.peers.map((peer) => peerToWire(peer, peer.changedAt)),
      tombstones: delta.tombstones.map(tombstoneToWire),
    },
  });
  expect(delta.peers.length).toBeGreaterThan(0);
});
