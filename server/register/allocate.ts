// Gives a name its place: a function of the hostname, with probing where another node stands there.
import { createHash } from 'node:crypto';
import { firstAsn, lastAsn, type Asn } from '../../shared/address/asn.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { Family, Ip } from '../../shared/address/ip.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { addressClaim, asnClaim } from './claim.ts';
import { lookUp } from './persistent-map.ts';
import { addressAt, capacityOf } from './pools.ts';
import type { Place, Register } from './register.ts';

/** The place that `name` gets in this register; the caller keeps it for good. */
export const placeFor = (register: Register, name: Hostname): Outcome<Place> => {
  const asn = freeAsn(register, name);
  if (!asn.ok) return asn;
  const tunnelAddress6 = freeAddress(register, name, { kind: 'tunnel', family: 6 });
  if (!tunnelAddress6.ok) return tunnelAddress6;
  const tunnelAddress4 = freeAddress(register, name, { kind: 'tunnel', family: 4 });
  if (!tunnelAddress4.ok) return tunnelAddress4;
  const nodeAddress6 = freeAddress(register, name, { kind: 'node', family: 6 });
  if (!nodeAddress6.ok) return nodeAddress6;
  const nodeAddress4 = freeAddress(register, name, { kind: 'node', family: 4 });
  if (!nodeAddress4.ok) return nodeAddress4;
  return accepted({
    asn: asn.value,
    tunnelAddress6: tunnelAddress6.value,
    tunnelAddress4: tunnelAddress4.value,
    nodeAddress6: nodeAddress6.value,
    nodeAddress4: nodeAddress4.value,
  });
};

interface Wanted {
  readonly kind: 'tunnel' | 'node';
  readonly family: Family;
}

const freeAddress = (register: Register, name: Hostname, { kind, family }: Wanted): Outcome<Ip> => {
  const { tunnelPools, nodePools } = register.settings;
  const pools = kind === 'tunnel' ? tunnelPools : nodePools;
  const found = freeIndex({
    seed: `${kind} ${family} ${name}`,
    capacity: capacityOf(pools, family),
    used: register.nodes.size,
    isFree: (index) => isUnclaimed(register, addressClaim(addressAt(pools, family, index))),
  });
  if (found !== undefined) return accepted(addressAt(pools, family, found));
  const flag = kind === 'tunnel' ? '-wgaddress' : '-assignaddress';
  return refused(
    'pool-exhausted',
    `no free IPv${family} address for "${name}": ${register.nodes.size} nodes fill the pools ` +
      `of ${flag}; start the controller with one more pool in ${flag}, or remove unused nodes`,
  );
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

/** Wide enough to seldom probe, narrow enough that people can read fd00:beef:beef::1a2b:3c4d. */
const firstProbes = 2n ** 32n;

/** Starts where the seed's hash says and walks on; undefined when all is taken. */
const freeIndex = ({ seed, capacity, used, isFree }: Probe): bigint | undefined => {
  if (BigInt(used) >= capacity) return undefined;
  const hash = BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`);
  const start = hash % (capacity < firstProbes ? capacity : firstProbes);
  for (let step = 0n; step < capacity; step++) {
    const index = (start + step) % capacity;
    if (isFree(index)) return index;
  }
  return undefined;
};
