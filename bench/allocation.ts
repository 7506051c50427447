// Places at 1,000 and at 100,000 nodes: a join must cost the same, whatever the register holds.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { parseHostname } from '../shared/address/hostname.ts';
import { parseIdentityKey, parseWireGuardKey } from '../shared/address/key.ts';
import type { JoinRequest } from '../shared/mesh/join-request.ts';
import { allParsed, parsed } from '../shared/outcome/parsed.ts';
import { joinNode } from '../server/register/join.ts';
import { defaultPools, poolsFrom } from '../server/register/pools.ts';
import { emptyRegister, type Register } from '../server/register/register.ts';

const small = 1_000;
const large = 100_000;
const measured = 2_000;
const rounds = 7;
/** Caches, not the algorithm, make the larger register a little slower. */
const goal = 2;

const keyFor = (seed: string): string => createHash('sha256').update(seed).digest('base64');

const requestFor = (name: string): JoinRequest => {
  const request = allParsed<JoinRequest>({
    name: parseHostname(name),
    wireguardKey: parseWireGuardKey(keyFor(`wireguard ${name}`)),
    identityKey: parseIdentityKey(keyFor(`identity ${name}`)),
    endpoints: parsed([]),
    gathering: parsed([]),
    advertise: parsed([]),
    linkDriver: parsed('ip6gre'),
    token: parsed(''),
    signedStatement: parsed(undefined),
    succession: parsed(undefined),
  });
  if (!request.ok) throw new Error(request.reason);
  return request.value;
};

const admission = {
  open: true,
  who: 'bench',
  atMs: 0,
  key: generateKeyPairSync('ed25519').privateKey,
};

const joined = (register: Register, request: JoinRequest): Register => {
  const outcome = joinNode(register, request, admission);
  if (!outcome.ok) throw new Error(outcome.refusal.detail);
  return outcome.value.register;
};

const grown = (from: Register, size: number): Register => {
  let register = from;
  for (let i = register.nodes.size; i < size; i++) {
    register = joined(register, requestFor(`node-${i}`));
  }
  return register;
};

/** Microseconds of one join, each into the register as it is: it does not grow while it is measured. */
const measure = (register: Register, requests: readonly JoinRequest[]): number => {
  const start = performance.now();
  for (const request of requests) joined(register, request);
  return ((performance.now() - start) * 1000) / requests.length;
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const settings = poolsFrom(defaultPools);
if (!settings.ok) throw new Error(settings.reason);
const thousand = grown(emptyRegister('0'.repeat(32), settings.value), small);
const hundredThousand = grown(thousand, large);
const requests = Array.from({ length: measured }, (_, i) => requestFor(`late-${i}`));
measure(thousand, requests);
measure(hundredThousand, requests);
const pairs = Array.from({ length: rounds }, () => ({
  few: measure(thousand, requests),
  many: measure(hundredThousand, requests),
}));
const few = median(pairs.map((pair) => pair.few));
const many = median(pairs.map((pair) => pair.many));
const ratio = median(pairs.map((pair) => pair.many / pair.few));
console.log(
  `allocation-ratio ${ratio.toFixed(2)} times ${goal} ${ratio <= goal ? 'ok' : 'short'}` +
    ` (a join at 100,000 nodes, ${many.toFixed(1)} us, against one at 1,000, ${few.toFixed(1)} us)`,
);
