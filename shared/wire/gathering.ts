// Gathered ranges on the wire.
import type { Gathering as WireGathering } from '../../proto/gen/meshover/v1/mesh.ts';
import { parsePrefix } from '../address/prefix.ts';
import { defaultPreference, type Gathering } from '../mesh/peer.ts';
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';

export const gatheringToWire = (gathering: Gathering): WireGathering => ({ ...gathering });

/** Preference 0 stands for the default, as proto3 cannot tell it from absent. */
export const gatheringFromWire = (wire: WireGathering): Parsed<Gathering> => {
  const prefix = parsePrefix(wire.prefix);
  if (!prefix.ok) return prefix;
  if (wire.preference > 65535) return malformed(`preference ${wire.preference} is over 65535`);
  return parsed({ prefix: prefix.value, preference: wire.preference || defaultPreference });
};
