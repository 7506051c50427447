// Is it the controller that the operator means? Decided from the keys alone.
import type { RegisterKey } from '../../shared/address/key.ts';
import { registerFingerprint } from '../../shared/trust/fingerprint.ts';

/** A key with where it was found. */
export interface KeptKey {
  readonly key: RegisterKey;
  readonly path: string;
}

export interface Presented {
  /** "HOST:PORT" */
  readonly server: string;
  /** The key that the controller has proven. */
  readonly shown: RegisterKey;
  /** -fingerprint; '' = not given. */
  readonly fingerprint: string;
  /** What this user trusted before, for this server. */
  readonly known: KeptKey | undefined;
  /** What the state directory of a controller on this machine holds. */
  readonly local: KeptKey | undefined;
}

export type Judgement =
  | { readonly kind: 'trusted'; readonly remember: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

export const judgeController = (presented: Presented): Judgement => {
  const { server, shown, fingerprint, known, local } = presented;
  const text = registerFingerprint(shown);
  if (fingerprint !== '') {
    return plain(fingerprint) === plain(text)
      ? { kind: 'trusted', remember: known?.key !== shown && local?.key !== shown }
      : refused(
          `the controller at ${server} has the fingerprint ${text}, which is not the one of -fingerprint (${fingerprint}): compare with what the server printed at its start`,
        );
  }
  if (known?.key === shown || local?.key === shown) return { kind: 'trusted', remember: false };
  return refused(
    `the controller at ${server} ${unknownBecause(presented, text)}, ${remedy(server, text)}`,
  );
};

const unknownBecause = ({ known, local }: Presented, text: string): string => {
  if (known !== undefined) {
    return `is another one than before: it shows the fingerprint ${text}, and ${known.path} holds ${registerFingerprint(known.key)}. It was rebuilt, or somebody stands between; if its server printed the new one`;
  }
  const own =
    local === undefined
      ? ''
      : ` (that of this machine's own controller, by ${local.path}, is ${registerFingerprint(local.key)})`;
  return `is not known here; its fingerprint is ${text}${own}. If that is what the server printed at its start`;
};

const refused = (reason: string): Judgement => ({ kind: 'refused', reason });

const remedy = (server: string, text: string): string =>
  `trust it with: meshoverctl whoami -controlserver ${server} -fingerprint ${text}`;

/** People leave out hyphens and mind no case. */
const plain = (fingerprint: string): string => fingerprint.replace(/[\s-]/g, '').toUpperCase();
