// The controller's answer to Hello: whose register it is, believed only for this nonce and this TLS certificate.
import type { ControllerProof, Signed } from '../mesh/trust.ts';
import { malformed, type Parsed } from '../outcome/parsed.ts';
import { controllerProofKind } from '../wire/signed.ts';
import { peekWord, readWord } from './signed.ts';

export interface Asked {
  /** Hexadecimal of the 32 random bytes that were sent. */
  readonly nonce: string;
  /** Hexadecimal SHA-256 of the certificate (DER) that the TLS connection showed. */
  readonly certificateHash: string;
}

/** The register's key is inside: whether it is the right one is the caller's next question. */
export const readControllerProof = (
  signed: Signed | undefined,
  asked: Asked,
): Parsed<ControllerProof> => {
  if (signed === undefined) return malformed('it does not prove which register it speaks for');
  const claimed = peekWord(controllerProofKind, signed);
  if (!claimed.ok) return malformed(`its proof cannot be read: ${claimed.reason}`);
  const proof = readWord(controllerProofKind, signed, claimed.value.registerKey);
  if (!proof.ok) return malformed('its proof is not signed by the key that it names');
  const { nonce, registerId, certificateHash } = proof.value;
  if (!/^[0-9a-f]{32}$/.test(registerId)) return malformed('its register id is malformed');
  if (nonce !== asked.nonce) return malformed('its proof answers another question: it is replayed');
  if (certificateHash !== asked.certificateHash) {
    return malformed(
      'its proof is for another TLS certificate than the one that this connection shows: somebody stands ' +
        'between this machine and the controller (or a proxy that ends TLS; let it pass TLS through)',
    );
  }
  return proof;
};
