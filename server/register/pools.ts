// Address pools: which are good, how many addresses they have, and which is the n-th.
import {
  bitsOf,
  familyOf,
  ipFromBigint,
  ipToBigint,
  type Family,
  type Ip,
} from '../../shared/address/ip.ts';
import {
  comparePrefix,
  lengthOf,
  networkOf,
  overlaps,
  parsePrefix,
  prefixFamily,
  type Prefix,
} from '../../shared/address/prefix.ts';
import type { NetworkSettings } from '../../shared/mesh/view.ts';
import { malformed, parseAll, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { reservedFor } from './reserved.ts';

export interface PoolTexts {
  /** -wgaddress */
  readonly tunnel: readonly string[];
  /** -assignaddress */
  readonly node: readonly string[];
}

export const defaultPools: PoolTexts = {
  tunnel: ['fd00:6d65:7368::/48', '10.192.0.0/12'],
  node: ['fd00:beef:beef::/48', '10.128.0.0/12'],
};

/** Longest prefix that is still a pool: it has at least two addresses to give. */
const longestPool: Readonly<Record<Family, number>> = { 4: 30, 6: 126 };

export const poolsFrom = (texts: PoolTexts): Parsed<NetworkSettings> => {
  const tunnelPools = parsePools('-wgaddress', texts.tunnel);
  if (!tunnelPools.ok) return tunnelPools;
  const nodePools = parsePools('-assignaddress', texts.node);
  if (!nodePools.ok) return nodePools;
  const all = [...tunnelPools.value, ...nodePools.value];
  for (const [i, pool] of all.entries()) {
    const other = all.slice(i + 1).find((each) => overlaps(each, pool));
    if (other !== undefined) {
      return malformed(
        `pools ${pool} and ${other} overlap; give -wgaddress and -assignaddress separate ranges`,
      );
    }
  }
  return parsed({ tunnelPools: tunnelPools.value, nodePools: nodePools.value, operatorKeys: [] });
};

const parsePools = (flag: string, texts: readonly string[]): Parsed<readonly Prefix[]> => {
  const pools = parseAll(texts, parsePool);
  if (!pools.ok) return malformed(`${flag}: ${pools.reason}`);
  for (const family of [6, 4] as const) {
    if (!pools.value.some((pool) => prefixFamily(pool) === family)) {
      return malformed(
        `${flag} has no IPv${family} pool; every node gets one IPv6 and one IPv4 address, ` +
          `so give both, for example ${flag} ${defaultPools.tunnel.join(',')}`,
      );
    }
  }
  return parsed([...pools.value].sort(comparePrefix));
};

const parsePool = (text: string): Parsed<Prefix> => {
  const pool = parsePrefix(text);
  if (!pool.ok) return pool;
  const family = prefixFamily(pool.value);
  if (lengthOf(pool.value) > longestPool[family]) {
    return malformed(
      `pool ${pool.value} is too small (IPv${family} pools are /${longestPool[family]} or wider)`,
    );
  }
  const reserved = reservedFor(pool.value);
  return reserved === undefined
    ? pool
    : malformed(`pool ${pool.value} overlaps ${reserved}; choose a private range`);
};

/** How many addresses of one family the pools can give. */
export const capacityOf = (pools: readonly Prefix[], family: Family): bigint =>
  pools
    .filter((pool) => prefixFamily(pool) === family)
    .reduce((sum, pool) => sum + usableIn(pool), 0n);

/** The `index`-th address of one family; `index` is below `capacityOf`. */
export const addressAt = (pools: readonly Prefix[], family: Family, index: bigint): Ip => {
  let rest = index;
  for (const pool of pools) {
    if (prefixFamily(pool) !== family) continue;
    const usable = usableIn(pool);
    if (rest < usable)
      return ipFromBigint(family, ipToBigint(networkOf(pool)) + hostAt(pool, rest));
    rest -= usable;
  }
  throw new RangeError(`index ${index} is outside the IPv${family} pools ${pools.join(', ')}`);
};

// Some stacks and appliances drop IPv4 addresses that end in .0 or .255 whatever the mask, and
// RFC 4291 2.6.1 gives a prefix's zero host to its routers: none of these is given to a node.
const octets = 254n;

const usableIn = (pool: Prefix): bigint => {
  const hostBits = BigInt(bitsOf(prefixFamily(pool)) - lengthOf(pool));
  if (prefixFamily(pool) === 6) return (1n << hostBits) - 1n;
  return hostBits >= 8n ? (1n << (hostBits - 8n)) * octets : (1n << hostBits) - 2n;
};

const hostAt = (pool: Prefix, index: bigint): bigint =>
  familyOf(networkOf(pool)) === 6 || lengthOf(pool) > 24
    ? index + 1n
    : (index / octets) * 256n + (index % octets) + 1n;
