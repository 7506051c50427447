// The controller's answer to Hello: whose register it is, believed only for this nonce and this TLS certificate.
import type { ControllerProof, Signed } from '../mesh/trust.ts';
import { malformed, type Parsed } from '../outcome/parsed.ts';
import { controllerProofKind } from '../wire/signed.ts';
import { peekWord, readWord } from './signed.ts';

export interface ShownProof {
  readonly proof: Signed;
  /** Hexadecimal of the bytes that were sent. */
  readonly nonce: string;
  /** Hexadecimal SHA-256 of the certificate (DER) that the TLS connection showed. */
  readonly certificateHash: string;
}

/** The register's key is inside: whether it is the right one is the caller's next question. */
export const readControllerProof = (shown: ShownProof): Parsed<ControllerProof> => {
  const claimed = peekWord(controllerProofKind, shown.proof);
  if (!claimed.ok) return claimed;
  const proven = readWord(controllerProofKind, shown.proof, claimed.value.registerKey);
  if (!proven.ok) return proven;
  if (proven.value.nonce !== shown.nonce) {
    return malformed('its proof answers another question: an old one was played back');
  }
  if (proven.value.certificateHash !== shown.certificateHash) {
    return malformed(
      'its proof is for another TLS certificate than the one shown: somebody stands between',
    );
  }
  return proven;
};
