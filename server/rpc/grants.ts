// Prefixes that an operator grants or withdraws, from the wire.
import { parsePrefix } from '../../shared/address/prefix.ts';
import { allParsed, parseAll, type Parsed } from '../../shared/outcome/parsed.ts';
import type { Grants } from '../register/record.ts';

interface Texts {
  readonly advertise: readonly string[];
  readonly gathering: readonly string[];
}

export const grantsFromWire = ({ advertise, gathering }: Texts): Parsed<Grants> =>
  allParsed<Grants>({
    advertise: parseAll(advertise, parsePrefix),
    gathering: parseAll(gathering, parsePrefix),
  });
