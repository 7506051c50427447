// Checks a controller's proof of which register it speaks for, over the connection that it came by.
import type { RegisterKey } from '../../shared/address/key.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { peekWord, readWord } from '../../shared/trust/signed.ts';
import { controllerProofKind } from '../../shared/wire/signed.ts';

export interface Asked {
  /** Hexadecimal of the 32 random bytes that were sent. */
  readonly nonce: string;
  /** Of the certificate that the connection showed. */
  readonly certificateHash: string;
}

/** A register, and its controller's clock; nobody has said yet that it is the right one. */
export interface Presented {
  readonly registerId: string;
  readonly registerKey: RegisterKey;
  readonly certificateHash: string;
  readonly nowMs: number;
}

export const checkHello = (signed: Signed | undefined, asked: Asked): Parsed<Presented> => {
  if (signed === undefined) return malformed('it does not prove which register it speaks for');
  const claimed = peekWord(controllerProofKind, signed);
  if (!claimed.ok) return malformed(`its proof cannot be read: ${claimed.reason}`);
  const proof = readWord(controllerProofKind, signed, claimed.value.registerKey);
  if (!proof.ok) return malformed(`its proof is not signed by the key that it names`);
  const { nonce, registerId, registerKey, certificateHash, nowMs } = proof.value;
  if (!/^[0-9a-f]{32}$/.test(registerId)) return malformed('its register id is malformed');
  if (nonce !== asked.nonce) return malformed('its proof answers another question: it is replayed');
  if (certificateHash !== asked.certificateHash) {
    return malformed(
      'its proof is for another TLS certificate than the one that this connection shows: somebody stands ' +
        'between this node and the controller (or a proxy that ends TLS; let it pass TLS through)',
    );
  }
  return parsed({ registerId, registerKey, certificateHash, nowMs: Number(nowMs) });
};
