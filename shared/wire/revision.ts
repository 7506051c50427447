// Revisions on the wire.
import type { Revision as WireRevision } from '../../proto/gen/meshover/v1/mesh.ts';
import type { Revision } from '../mesh/revision.ts';
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';

export const revisionToWire = (revision: Revision): WireRevision => ({ ...revision });

export const revisionFromWire = (wire: WireRevision | undefined): Parsed<Revision> => {
  if (wire === undefined) return malformed('a revision is missing');
  return /^[0-9a-f]{32}$/.test(wire.registerId)
    ? parsed({ registerId: wire.registerId, epoch: wire.epoch, number: wire.number })
    : malformed('a register id is 32 lower-case hexadecimal digits');
};
