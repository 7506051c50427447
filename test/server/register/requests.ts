// Requests and registers for the tests of the controller's pure rooms.
import { createHash, generateKeyPairSync } from 'node:crypto';
import type { Hostname } from '../../../shared/address/hostname.ts';
import type { IdentityKey, WireGuardKey } from '../../../shared/address/key.ts';
import type { JoinRequest } from '../../../shared/mesh/join-request.ts';
import type { Outcome } from '../../../shared/outcome/refusal.ts';
import type { Parsed } from '../../../shared/outcome/parsed.ts';
import type { Act } from '../../../server/register/act.ts';
import { joinNode, type Admission, type Joined } from '../../../server/register/join.ts';
import { defaultPools, poolsFrom, type PoolTexts } from '../../../server/register/pools.ts';
import { emptyRegister, type Place, type Register } from '../../../server/register/register.ts';

export const registerId = '0123456789abcdef'.repeat(2);

/** Of the register of these tests: made anew for each run. */
export const registerKeys = generateKeyPairSync('ed25519');

export const act: Act = {
  who: 'admin test',
  atMs: 1_700_000_000_000,
  key: registerKeys.privateKey,
};
export const opened: Admission = { ...act, open: true };
export const closed: Admission = { ...act, open: false };

export const keyFor = (seed: string): string =>
  createHash('sha256').update(seed).digest().toString('base64');

export const requestFor = (name: string, changes: Partial<JoinRequest> = {}): JoinRequest => ({
  name: name as Hostname,
  wireguardKey: keyFor(`wireguard ${name}`) as WireGuardKey,
  identityKey: keyFor(`identity ${name}`) as IdentityKey,
  endpoints: [],
  gathering: [],
  advertise: [],
  linkDriver: 'ip6gre',
  token: '',
  signedStatement: undefined,
  succession: undefined,
  ...changes,
});

export const registerWith = (pools: Partial<PoolTexts> = {}): Register =>
  emptyRegister(registerId, valueOf(poolsFrom({ ...defaultPools, ...pools })));

export const valueOf = <T>(result: Outcome<T> | Parsed<T>): T => {
  if (result.ok) return result.value;
  throw new Error('reason' in result ? result.reason : result.refusal.detail);
};

export const join = (register: Register, name: string, changes?: Partial<JoinRequest>): Joined =>
  valueOf(joinNode(register, requestFor(name, changes), opened));

export const joinAll = (register: Register, names: readonly string[]): Register =>
  names.reduce((grown, name) => join(grown, name).register, register);

export const placeOf = (node: Place): Place => ({
  asn: node.asn,
  tunnelAddress6: node.tunnelAddress6,
  tunnelAddress4: node.tunnelAddress4,
  nodeAddress6: node.nodeAddress6,
  nodeAddress4: node.nodeAddress4,
});
