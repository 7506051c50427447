// What a failed file operation says.

export const isMissing = (fault: unknown): boolean =>
  fault instanceof Error && 'code' in fault && fault.code === 'ENOENT';

export const reasonOf = (fault: unknown): string =>
  fault instanceof Error ? fault.message : String(fault);
