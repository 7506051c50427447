// A controller as its proof presents it, over the connection that the proof came by.
import type { RegisterKey } from '../../shared/address/key.ts';
import type { Signed } from '../../shared/mesh/trust.ts';
import { parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { readControllerProof, type Asked } from '../../shared/trust/controller-proof.ts';

/** A register, and its controller's clock; nobody has said yet that it is the right one. */
export interface Presented {
  readonly registerId: string;
  readonly registerKey: RegisterKey;
  readonly certificateHash: string;
  readonly nowMs: number;
}

export const checkHello = (signed: Signed | undefined, asked: Asked): Parsed<Presented> => {
  const proof = readControllerProof(signed, asked);
  if (!proof.ok) return proof;
  const { registerId, registerKey, certificateHash, nowMs } = proof.value;
  return parsed({ registerId, registerKey, certificateHash, nowMs: Number(nowMs) });
};
