// Events of the audit log as text, the form in which a store keeps them.
import type { AuditEvent } from '../register/record.ts';

export interface EventRow {
  readonly number: bigint;
  /** JSON of the rest. */
  readonly value: string;
}

export const eventRowFrom = ({ number, ...rest }: AuditEvent): EventRow => ({
  number,
  value: JSON.stringify(rest, (_, each: unknown) =>
    typeof each === 'bigint' ? String(each) : each,
  ),
});

/** JSON has no 64-bit integers. */
type Kept = Omit<AuditEvent, 'number' | 'revision'> & {
  readonly revision: {
    readonly registerId: string;
    readonly epoch: string;
    readonly number: string;
  };
};

/** What was written by this program; the file's own checks tell whether it was damaged. */
export const eventFromRow = ({ number, value }: EventRow): AuditEvent => {
  const kept = JSON.parse(value) as Kept;
  const { registerId, epoch, number: revision } = kept.revision;
  return {
    ...kept,
    number,
    revision: { registerId, epoch: BigInt(epoch), number: BigInt(revision) },
  };
};
