// Private 4-byte autonomous system numbers (RFC 6996).
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';

/** An integer from 4200000000 to 4294967294. */
export type Asn = number & { readonly __brand: 'Asn' };

export const firstAsn = 4_200_000_000 as Asn;
export const lastAsn = 4_294_967_294 as Asn;

export const asnFrom = (value: number): Parsed<Asn> =>
  Number.isInteger(value) && value >= firstAsn && value <= lastAsn
    ? parsed(value as Asn)
    : malformed(`${String(value)} is not a private 4-byte ASN (4200000000 to 4294967294)`);
