// A point in the life of one register.

/** Numbers compare only within one register id and epoch. */
export interface Revision {
  /** 32 lower-case hexadecimal digits, drawn when the register is made. */
  readonly registerId: string;
  readonly epoch: bigint;
  readonly number: bigint;
}

export const sameEpoch = (a: Revision, b: Revision): boolean =>
  a.registerId === b.registerId && a.epoch === b.epoch;

export const printRevision = (revision: Revision): string =>
  `${revision.registerId.slice(0, 8)}/${String(revision.epoch)}/${String(revision.number)}`;
