// Begins a new epoch: for a register that went back in time, so that no number means two things.
import type { Revision } from '../../shared/mesh/revision.ts';
import { noChange, type Changed } from './change.ts';
import type { Register } from './register.ts';
import { headWrite } from './row.ts';

/** Every node then gets a snapshot. `after` is an epoch that was in use already. */
export const beginEpoch = (register: Register, after = register.revision.epoch): Changed => {
  const { registerId, epoch, number } = register.revision;
  const next: Register = {
    ...register,
    revision: { registerId, epoch: (after > epoch ? after : epoch) + 1n, number },
  };
  return { register: next, change: { ...noChange, writes: [headWrite(next)] } };
};

/** More restores than any register sees; a node that lies must not use up the epochs. */
const mostAhead = 1_000n;

/** A node holds what this register never said: the register was restored from an older copy. */
export const isBehind = (present: Revision, held: Revision): boolean =>
  held.registerId === present.registerId &&
  (held.epoch === present.epoch
    ? held.number > present.number
    : held.epoch > present.epoch && held.epoch - present.epoch <= mostAhead);
