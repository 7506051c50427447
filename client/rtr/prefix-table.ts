// What FRR holds of our payloads, in its own words → comparable to what we gave.
import { parseIp } from '../../shared/address/ip.ts';
import { prefixOf } from '../../shared/address/prefix.ts';
import { vrpKey, type Vrps } from './vrps.ts';

/** Keys of the payloads in `show rpki prefix-table`; undefined where it says that it is not in use yet. */
export const heldIn = (text: string): ReadonlySet<string> | undefined => {
  if (!text.includes('RPKI/RTR prefix table')) return undefined;
  const lines = text.matchAll(/^([0-9a-f.:]+)\s+(\d+) -\s+(\d+)\s+(\d+)\s*$/gm);
  return new Set(
    [...lines].flatMap(([, network = '', length, longest, asn]) => {
      const ip = parseIp(network);
      if (!ip.ok) return [];
      const prefix = prefixOf(ip.value, Number(length));
      return [vrpKey({ prefix, maxLength: Number(longest), asn: Number(asn) })];
    }),
  );
};

export const holdsAll = (held: ReadonlySet<string>, vrps: Vrps): boolean =>
  held.size === vrps.size && [...vrps.keys()].every((key) => held.has(key));
