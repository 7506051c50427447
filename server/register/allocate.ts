// Gives a name its place: a function of the hostname, with probing where another node stands there.
import { createHash } from 'node:crypto';
import { firstAsn, lastAsn, type Asn } from '../../shared/address/asn.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Family, Ip } from '../../shared/address/ip.ts';
import type { Prefix } from '../../shared/address/prefix.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { addressClaim, asnClaim } from './claim.ts';
import { lookUp } from './persistent-map.ts';
import { addressAt, capacityOf } from './pools.ts';
import type { Place, Register } from './register.ts';

/** The place that `name` gets in this register; the caller keeps it for good. */
export const placeFor = (register: Register, name: Hostname): Outcome<Place> => {
  const { tunnelPools, nodePools } = register.settings;
  const asn = freeAsn(register, name);
  const tunnelAddress6 = freeAddress(register, {
    name,
    pools: tunnelPools,
    flag: tunnel,
    family: 6,
  });
  const tunnelAddress4 = freeAddress(register, {
    name,
    pools: tunnelPools,
    flag: tunnel,
    family: 4,
  });
  const nodeAddress6 = freeAddress(register, { name, pools: nodePools, flag: node, family: 6 });
  const nodeAddress4 = freeAddress(register, { name, pools: nodePools, flag: node, family: 4 });
  if (!asn.ok) return asn;
  if (!tunnelAddress6.ok) return tunnelAddress6;
  if (!tunnelAddress4.ok) return tunnelAddress4;
  if (!nodeAddress6.ok) return nodeAddress6;
  if (!nodeAddress4.ok) return nodeAddress4;
  return accepted({
    asn: asn.value,
    tunnelAddress6: tunnelAddress6.value,
    tunnelAddress4: tunnelAddress4.value,
    nodeAddress6: nodeAddress6.value,
    nodeAddress4: nodeAddress4.value,
  });
};

const tunnel = '-wgaddress';
const node = '-assignaddress';

interface Search {
  readonly name: Hostname;
  readonly pools: readonly Prefix[];
  /** The flag that names the pools. */
  readonly flag: string;
  readonly family: Family;
}

const freeAddress = (register: Register, search: Search): Outcome<Ip> => {
  const { name, pools, flag, family } = search;
  const found = freeIndex({
    seed: `${flag} ${family} ${name}`,
    capacity: capacityOf(pools, family),
    used: register.nodes.size,
    isFree: (index) => isUnclaimed(register, addressClaim(addressAt(pools, family, index))),
  });
  return found === undefined
    ? refused(
        'pool-exhausted',
        `no free IPv${family} address for "${name}": ${register.nodes.size} nodes fill the pools ` +
          `of ${flag}; start the controller with one more pool in ${flag}, or remove unused nodes`,
      )
    : accepted(addressAt(pools, family, found));
};

const freeAsn = (register: Register, name: Hostname): Outcome<Asn> => {
  const found = freeIndex({
    seed: `asn ${name}`,
    capacity: BigInt(lastAsn - firstAsn + 1),
    used: register.nodes.size,
    isFree: (index) => isUnclaimed(register, asnClaim(firstAsn + Number(index))),
  });
  return found === undefined
    ? refused('pool-exhausted', `no free ASN for "${name}"; remove unused nodes`)
    : accepted((firstAsn + Number(found)) as Asn);
};

const isUnclaimed = (register: Register, claim: string): boolean =>
  lookUp(register.claims, claim) === undefined;

interface Probe {
  readonly seed: string;
  readonly capacity: bigint;
  /** Places that are taken: each node takes exactly one of each kind. */
  readonly used: number;
  readonly isFree: (index: bigint) => boolean;
}

/** Starts where the seed's hash says and walks on; undefined when all is taken. */
const freeIndex = ({ seed, capacity, used, isFree }: Probe): bigint | undefined => {
  if (BigInt(used) >= capacity) return undefined;
  const start = BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`) % capacity;
  for (let step = 0n; step < capacity; step++) {
    const index = (start + step) % capacity;
    if (isFree(index)) return index;
  }
  return undefined;
};
