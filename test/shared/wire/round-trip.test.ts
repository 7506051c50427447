// Our words survive the wire: to bytes and back, every one of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JoinRequest } from '../../../proto/gen/meshover/v1/joining.ts';
import { NetworkSettings, Peer, Revision, Tombstone } from '../../../proto/gen/meshover/v1/mesh.ts';
import { NodeStatus } from '../../../proto/gen/meshover/v1/status.ts';
import { refusalCodes } from '../../../shared/outcome/refusal.ts';
import { joinRequestFromWire, joinRequestToWire } from '../../../shared/wire/join-request.ts';
import { nodeStatusFromWire, nodeStatusToWire } from '../../../shared/wire/node-status.ts';
import {
  peerFromWire,
  peerToWire,
  tombstoneFromWire,
  tombstoneToWire,
} from '../../../shared/wire/peer.ts';
import { refusalFromWire, refusalToWire } from '../../../shared/wire/refusal.ts';
import { revisionFromWire, revisionToWire } from '../../../shared/wire/revision.ts';
import { settingsFromWire, settingsToWire } from '../../../shared/wire/settings.ts';
import {
  anyJoinRequest,
  anyPeer,
  anyRevision,
  anySettings,
  anyStatus,
  anyTombstone,
} from './words.ts';

interface Codec<W> {
  readonly encode: (wire: W) => { finish(): Uint8Array };
  readonly decode: (bytes: Uint8Array) => W;
}

/** As the other end sees it. */
const sent = <W>(codec: Codec<W>, wire: W): W =>
  codec.decode(Buffer.from(codec.encode(wire).finish()));

describe('to bytes and back', () => {
  it('a peer', () => {
    fc.assert(
      fc.property(anyPeer, (peer) => {
        expect(peerFromWire(sent(Peer, peerToWire(peer, 7n)))).toEqual({ ok: true, value: peer });
      }),
    );
  });

  it('a tombstone', () => {
    fc.assert(
      fc.property(anyTombstone, (value) => {
        const wire = sent(Tombstone, tombstoneToWire(value));
        expect(tombstoneFromWire(wire)).toEqual({ ok: true, value });
      }),
    );
  });

  it('a revision', () => {
    fc.assert(
      fc.property(anyRevision, (value) => {
        const wire = sent(Revision, revisionToWire(value));
        expect(revisionFromWire(wire)).toEqual({ ok: true, value });
      }),
    );
  });

  it('settings', () => {
    fc.assert(
      fc.property(anySettings, (value) => {
        const wire = sent(NetworkSettings, settingsToWire(value));
        expect(settingsFromWire(wire)).toEqual({ ok: true, value });
      }),
    );
  });

  it('a join request', () => {
    fc.assert(
      fc.property(anyJoinRequest, (value) => {
        const options = { version: '0.1.0', dryRun: true };
        const wire = sent(JoinRequest, joinRequestToWire(value, options));
        expect(joinRequestFromWire(wire)).toEqual({ ok: true, value });
        expect(wire).toMatchObject(options);
      }),
    );
  });

  it('a status', () => {
    fc.assert(
      fc.property(anyStatus, (value) => {
        const wire = sent(NodeStatus, nodeStatusToWire(value));
        expect(nodeStatusFromWire(wire)).toEqual({ ok: true, value });
      }),
    );
  });

  it.each(refusalCodes)('the refusal %s', (code) => {
    const refusal = { code, detail: 'why, and the remedy' };
    expect(refusalFromWire(refusalToWire(refusal))).toEqual(refusal);
  });
});
