// The peers stream: chunks joined, deltas read, bad items left out one by one.
import { describe, expect, it } from 'vitest';
import { Delta, SnapshotChunk } from '../../../proto/gen/meshover/v1/peers.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { peerFromWire, peerToWire, tombstoneToWire } from '../../../shared/wire/peer.ts';
import { revisionToWire } from '../../../shared/wire/revision.ts';
import { settingsToWire } from '../../../shared/wire/settings.ts';
import { deltaFromWire, snapshotFromWire } from '../../../shared/wire/view-event.ts';
import { nodesOf, tombstonesOf } from '../../../server/register/register.ts';
import { removeNode } from '../../../server/register/remove.ts';
import { act, joinAll, registerWith, valueOf } from '../../server/register/requests.ts';

const full = joinAll(registerWith(), ['n1', 'n2', 'n3', 'n4']);
const { register } = valueOf(removeNode(full, { name: 'n4' as Hostname, reason: 'left' }, act));
const peers = nodesOf(register).map((node) => peerToWire(node, node.changedAt));
const tombstones = tombstonesOf(register).map(tombstoneToWire);
const revision = revisionToWire(register.revision);
const plain = peers.map((peer) => valueOf(peerFromWire(peer)));

const chunk = (changes: Partial<SnapshotChunk>): SnapshotChunk => ({
  revision,
  peers: [],
  tombstones: [],
  settings: settingsToWire(register.settings),
  last: false,
  ...changes,
});

describe('snapshotFromWire', () => {
  const chunks = [
    chunk({ peers: peers.slice(1) }),
    chunk({ peers: peers.slice(0, 1), tombstones, last: true }),
  ];

  it('joins chunks, sorted by name', () => {
    expect(snapshotFromWire(chunks)).toEqual({
      ok: true,
      value: {
        event: {
          kind: 'snapshot',
          revision: register.revision,
          peers: plain,
          tombstones: tombstonesOf(register),
          settings: register.settings,
        },
        complaints: [],
      },
    });
  });

  it('takes the last word where a snapshot was begun anew', () => {
    const stale = chunk({ peers: peers.map((peer) => ({ ...peer, endpoints: ['192.0.2.1:1'] })) });
    expect(snapshotFromWire([stale, ...chunks])).toEqual(snapshotFromWire(chunks));
  });

  it('says which item it left out', () => {
    const bad = chunk({
      peers: [{ ...peers[0]!, asn: 1 }],
      tombstones: [{ ...tombstones[0]!, asn: 2 }],
    });
    expect(
      valueOf(snapshotFromWire([bad, chunk({ peers: peers.slice(1), last: true })])),
    ).toMatchObject({
      event: { peers: plain.slice(1), tombstones: [] },
      complaints: [
        expect.stringMatching(/^peer n1: 1 is/),
        expect.stringMatching(/^tombstone n4: 2 is/),
      ],
    });
  });

  it.each([
    ['no chunk', []],
    ['no last chunk', chunks.slice(0, 1)],
  ])('refuses %s', (_, some) => {
    const reason = 'a snapshot ended before its last chunk';
    expect(snapshotFromWire(some)).toEqual({ ok: false, reason });
  });

  it('refuses one without revision or settings', () => {
    expect(snapshotFromWire([chunk({ revision: undefined, last: true })]).ok).toBe(false);
    expect(snapshotFromWire([chunk({ settings: undefined, last: true })]).ok).toBe(false);
  });
});

describe('deltaFromWire', () => {
  const delta: Delta = { from: { ...revision, number: 1n }, to: revision, peers, tombstones };

  it('reads peers and tombstones', () => {
    expect(deltaFromWire(delta)).toEqual({
      ok: true,
      value: {
        event: {
          kind: 'delta',
          from: { ...register.revision, number: 1n },
          to: register.revision,
          peers: plain,
          tombstones: tombstonesOf(register),
        },
        complaints: [],
      },
    });
  });

  it('refuses one without its revisions', () => {
    expect(deltaFromWire({ ...delta, from: undefined }).ok).toBe(false);
    expect(deltaFromWire({ ...delta, to: undefined }).ok).toBe(false);
  });
});
