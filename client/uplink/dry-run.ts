// Asking a controller without joining: what this node would believe of the mesh.
import type { View } from '../../shared/mesh/view.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { acceptPeers } from '../identity/accept-peers.ts';
import { joinRequestFor, type AdmittedAnswer } from './admission.ts';
import { failureText } from './failure.ts';
import type { UplinkGiven } from './given.ts';
import { meet } from './meet.ts';

/** Joins without changing anything, here or there. */
export const askDryRun = async (given: UplinkGiven, address: string): Promise<Parsed<View>> => {
  const meeting = await meet(given, address);
  if (!meeting.ok) return malformed(meeting.reason);
  const { session, controller, pinned } = meeting.value;
  try {
    const token = given.config.token?.reveal() ?? '';
    const joined = await session.join(joinRequestFor(given, given.endpoints, { token }), true);
    if (!joined.ok) return malformed(failureText(joined));
    if (joined.value.membership !== 'admitted') {
      return malformed('the controller lets this node wait until an operator approves it');
    }
    const answer = joined.value;
    const operatorKeys = pinned?.operatorKeys ?? answer.settings.operatorKeys;
    const believed = acceptPeers({
      told: viewFrom(answer),
      known: undefined,
      pins: given.pins,
      trust: { ...controller, operatorKeys: [...given.config.operatorKeys, ...operatorKeys] },
      place: answer.self,
      whole: true,
    });
    return parsed(believed.view);
  } finally {
    session.close();
  }
};

const viewFrom = ({ revision, self, peers, settings }: AdmittedAnswer): View => ({
  revision,
  self,
  peers: peers.filter((peer) => peer.name !== self.name).sort((a, b) => (a.name < b.name ? -1 : 1)),
  tombstones: [],
  settings,
});
