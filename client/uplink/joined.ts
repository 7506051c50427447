// The controller's answer to a join.
import { Membership, type JoinResponse } from '../../proto/gen/meshover/v1/joining.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import type { Revision } from '../../shared/mesh/revision.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import { peerFromWire, peersFromWire } from '../../shared/wire/peer.ts';
import { revisionFromWire } from '../../shared/wire/revision.ts';
import { settingsFromWire } from '../../shared/wire/settings.ts';
import { signedFromWire } from '../../shared/wire/signed.ts';
import type { CallResult } from './failure.ts';

export type Joined =
  | { readonly membership: 'pending' }
  | {
      readonly membership: 'admitted';
      readonly self: Peer;
      readonly revision: Revision;
      readonly settings: NetworkSettings;
      /** With a dry run: the peers that the node would have. */
      readonly peers: readonly Peer[];
      /** Membership certificate, not yet verified. */
      readonly certificate: Signed | undefined;
      /** What the node asked for in vain. */
      readonly unauthorised: readonly string[];
    };

export const joinedFrom = (wire: JoinResponse): CallResult<Joined> => {
  if (wire.membership === Membership.MEMBERSHIP_PENDING) {
    return { ok: true, value: { membership: 'pending' } };
  }
  if (wire.membership !== Membership.MEMBERSHIP_ADMITTED || wire.self === undefined) {
    return garbled('it does not say what became of the request');
  }
  const self = peerFromWire(wire.self);
  const revision = revisionFromWire(wire.revision);
  const settings = settingsFromWire(wire.settings);
  if (!self.ok) return garbled(self.reason);
  if (!revision.ok) return garbled(revision.reason);
  if (!settings.ok) return garbled(settings.reason);
  return {
    ok: true,
    value: {
      membership: 'admitted',
      self: self.value,
      revision: revision.value,
      settings: settings.value,
      peers: peersFromWire(wire.peers).peers,
      certificate: signedFromWire(wire.membershipCertificate),
      unauthorised: [...wire.unauthorisedAdvertise, ...wire.unauthorisedGathering],
    },
  };
};

const garbled = (reason: string): CallResult<Joined> => ({
  ok: false,
  kind: 'unreachable',
  reason: `the controller's answer to the join is not understood: ${reason}`,
});
