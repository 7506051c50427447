// Refusals on the wire, in the trailing metadata of a failed call.
import { Refusal as WireRefusal } from '../../proto/gen/meshover/v1/mesh.ts';
import { isRefusalCode, type Refusal } from '../outcome/refusal.ts';

/** Key of the metadata entry. */
export const refusalMetadataKey = 'meshover-refusal-bin';

export const refusalToWire = (refusal: Refusal): Buffer =>
  Buffer.from(WireRefusal.encode(WireRefusal.fromPartial(refusal)).finish());

/** Undefined when the bytes are no refusal, or one with a code of a newer version. */
export const refusalFromWire = (bytes: Uint8Array): Refusal | undefined => {
  try {
    const { code, detail } = WireRefusal.decode(bytes);
    return isRefusalCode(code) ? { code, detail } : undefined;
  } catch {
    return undefined;
  }
};
