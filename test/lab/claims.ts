// What a scenario claims: one line each, `claim figure ok|broken`, on standard output.
export interface Claims {
  /** States one claim with its figure; a broken one does not stop the story. */
  readonly claim: (claim: string, figure: string | number, holds: boolean) => void;
}

export const claimLine = (claim: string, figure: string | number, holds: boolean): string =>
  `${claim}  ${String(figure)}  ${holds ? 'ok' : 'broken'}`;

export interface ReadClaim {
  readonly claim: string;
  readonly figure: string;
  readonly holds: boolean;
}
