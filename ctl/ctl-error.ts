// What went wrong, told in one sentence.

/** The controller could not be asked, or said no; the message says what to do. */
export class CtlError extends Error {
  readonly code = 'ctl';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CtlError';
  }
}
