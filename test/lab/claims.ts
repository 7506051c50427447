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

/** The claim on a console line, or undefined where the line is something else. */
export const claimFrom = (line: string): ReadClaim | undefined => {
  const found = /^(.+?) {2}(.*?) {2}(ok|broken)$/.exec(line.trim());
  if (found === null) return undefined;
  return { claim: found[1] ?? '', figure: found[2] ?? '', holds: found[3] === 'ok' };
};
