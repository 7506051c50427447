// A pair of addresses on the wire: one of each family, in any order.
import { familyOf, parseIp, type Family, type Ip } from '../address/ip.ts';
import { malformed, type Parsed } from '../outcome/parsed.ts';

export const addressOf = (texts: readonly string[], family: Family): Parsed<Ip> => {
  for (const text of texts) {
    const ip = parseIp(text);
    if (!ip.ok || familyOf(ip.value) === family) return ip;
  }
  return malformed(`an IPv${family} address is missing`);
};
