// Spoilt messages at the border: each is read, or refused with a reason; no reader throws or drowns in memory.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JoinRequest } from '../../proto/gen/meshover/v1/joining.ts';
import { Delta, SnapshotChunk } from '../../proto/gen/meshover/v1/peers.ts';
import { NodeStatus } from '../../proto/gen/meshover/v1/status.ts';
import { joinRequestFromWire, joinRequestToWire } from '../../shared/wire/join-request.ts';
import { nodeStatusFromWire, nodeStatusToWire } from '../../shared/wire/node-status.ts';
import { peerToWire, tombstoneToWire } from '../../shared/wire/peer.ts';
import { refusalFromWire, refusalToWire } from '../../shared/wire/refusal.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { settingsToWire } from '../../shared/wire/settings.ts';
import { deltaFromWire, snapshotFromWire } from '../../shared/wire/view-event.ts';
import {
  anyJoinRequest,
  anyPeer,
  anyRevision,
  anySettings,
  anyStatus,
  anyTombstone,
} from '../shared/wire/words.ts';
import { fuzz, type Random } from './fuzz.ts';
import { spoilt } from './mutate.ts';

const one = <T>(words: fc.Arbitrary<T>, random: Random): T =>
  fc.sample(words, { numRuns: 1, seed: random.below(2 ** 31) })[0]!;

interface Read {
  readonly ok: boolean;
  readonly reason?: string;
}

type Reader = (bytes: Uint8Array) => Read;

const cases: Readonly<Record<string, readonly [(random: Random) => Uint8Array, Reader]>> = {
  'a join': [
    (random) =>
      JoinRequest.encode(
        joinRequestToWire(one(anyJoinRequest, random), { version: 'x', dryRun: false }),
      ).finish(),
    (bytes) => joinRequestFromWire(JoinRequest.decode(bytes)),
  ],
  'a report': [
    (random) => NodeStatus.encode(nodeStatusToWire(one(anyStatus, random))).finish(),
    (bytes) => nodeStatusFromWire(NodeStatus.decode(bytes)),
  ],
  'a delta': [
    (random) =>
      Delta.encode({
        from: revisionToWire(one(anyRevision, random)),
        to: revisionToWire(one(anyRevision, random)),
        peers: [peerToWire(one(anyPeer, random), 1n)],
        tombstones: [tombstoneToWire(one(anyTombstone, random))],
      }).finish(),
    (bytes) => deltaFromWire(Delta.decode(bytes)),
  ],
  'a snapshot': [
    (random) =>
      SnapshotChunk.encode({
        revision: revisionToWire(one(anyRevision, random)),
        peers: [peerToWire(one(anyPeer, random), 1n)],
        tombstones: [tombstoneToWire(one(anyTombstone, random))],
        settings: settingsToWire(one(anySettings, random)),
        last: true,
      }).finish(),
    (bytes) => snapshotFromWire([SnapshotChunk.decode(bytes)]),
  ],
  'a refusal': [
    () => refusalToWire({ code: 'malformed', detail: 'x' }),
    (bytes) => ({ ok: refusalFromWire(bytes) !== undefined, reason: 'it is no refusal' }),
  ],
};

/** Bytes that are no protobuf at all are the transport's to refuse. */
const isDecoderFault = (fault: unknown): boolean =>
  fault instanceof Error && /wire|varint|EOF|index out of range|tag|field/i.test(fault.message);

test.each(Object.entries(cases))('%s', async (_, [make, read]) => {
  const trials = await fuzz((random) => {
    const bytes = spoilt(random, Buffer.from(make(random)));
    try {
      const result = read(bytes);
      if (!result.ok) expect(result.reason).toMatch(/^[^\n]{5,}$/);
    } catch (fault) {
      expect(isDecoderFault(fault), `${String(fault)} ${bytes.toString('base64')}`).toBe(true);
    }
  });
  expect(trials).toBeGreaterThan(0);
});
