import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { linkName } from '../../../client/desired/names.ts';
import { readFrrSessions, sessionsFrom } from '../../../client/status/frr.ts';
import { peerOf } from '../desired/frr-case.ts';

const recorded = (name: string): string =>
  readFileSync(new URL(`./frr/${name}.json`, import.meta.url), 'utf8');

describe.each(['8.4.4', '10.3'])('as FRR %s says it', (version) => {
  const sessions = sessionsFrom({
    bgp: recorded(`bgp-${version}`),
    bfd: recorded(`bfd-${version}`),
  });
  const sessionOf = (n: number): unknown =>
    sessions.find((session) => session.interface === linkName(peerOf(n).name));

  test('a session that is up, with the prefixes of both families', () => {
    expect(sessionOf(2)).toMatchObject({
      bgpState: 'Established',
      prefixes: 2,
      bfdState: 'up',
    });
  });

  test('a session whose link is not there', () => {
    expect(sessionOf(3)).toMatchObject({
      bgpState: 'Idle',
      bgpUptimeSeconds: 0,
      prefixes: 0,
      bfdState: '',
    });
  });
});

test('no neighbours are no sessions', () => {
  expect(sessionsFrom({ bgp: '{}', bfd: '[\n]' })).toEqual([]);
});

test('an FRR that does not answer has no sessions', async () => {
  expect(await readFrrSessions({ ask: () => Promise.resolve(undefined) })).toEqual([]);
});

test('one family that is down makes the session not established', () => {
  const family = (state: string): object => ({ peers: { 'mo-a': { state, pfxRcd: 1 } } });
  const bgp = JSON.stringify({ ipv4Unicast: family('Established'), ipv6Unicast: family('Active') });
  expect(sessionsFrom({ bgp, bfd: '[]' })).toMatchObject([{ bgpState: 'Active', prefixes: 2 }]);
});
