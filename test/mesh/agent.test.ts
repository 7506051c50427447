// The agent's uplink against a real, closed controller: token, approval, removal, a new identity key.
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { throwAwayIdentity } from '../../client/identity/identity.ts';
import type { Identity } from '../../client/identity/keys.ts';
import { makeNextIdentity } from '../../client/identity/next-identity.ts';
import { seekAdmission } from '../../client/uplink/admission.ts';
import { meet } from '../../client/uplink/meet.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import { Secret } from '../../shared/log/secret.ts';
import { givenFor, peersOf, runUplink, stopAll, until } from '../client/uplink/setup.ts';
import { callCtl, newHome } from '../ctl/desk.ts';
import { configFixture } from '../fake/view.ts';
import { newStateDir, startController, type Controller } from './controller.ts';

let controller: Controller;
const home = newHome();

beforeAll(async () => {
  controller = await startController(newStateDir(), []);
});

afterEach(stopAll);
afterAll(() => controller.stop());

const ctl = async (...words: readonly string[]): Promise<string> => {
  const place = ['-controlserver', controller.address, '-statedir', controller.stateDir];
  const token = ['-token-file', join(controller.stateDir, 'admin.token')];
  const { exit, out, err } = await callCtl([...words, ...place, ...token], { home });
  if (exit !== 0) throw new Error(err);
  return out.trim();
};

const newIdentity = (): Identity => {
  const identity = throwAwayIdentity();
  if (!identity.ok) throw new Error(identity.reason);
  return identity.value;
};

interface Agent extends ReturnType<typeof runUplink> {
  readonly identity: Identity;
}

const agent = (name: string, token?: string, identity = newIdentity()): Agent => {
  const config = configFixture({
    controlServers: [controller.address],
    hostname: name as Hostname,
    token: token === undefined ? undefined : new Secret(token),
  });
  return { ...runUplink([controller.address], { config, identity }), identity };
};

test('a token admits one node; the second one is told so', async () => {
  const token = await ctl('token', 'create');
  const [a, b] = [agent('a', token), agent('b', token)];
  await until(() => [a, b].some(({ uplink }) => uplink.connected));
  const [winner, loser] = a.uplink.connected ? [a, b] : [b, a];
  await until(() => loser.troubles.length > 0);
  expect(loser.troubles[0]?.kind).toBe('turned-away');
  expect(loser.troubles[0]?.reason).toContain('token-used');
  expect(winner.troubles).toEqual([]);
});

test('a node that waits is approved by the fingerprint that it logs', async () => {
  const c = agent('c');
  const said = (): string | undefined =>
    /"fingerprint":"([A-Z2-7-]{29})"/.exec(
      c.lines.find((line) => line.includes('meshoverctl approve c')) ?? '',
    )?.[1];
  await until(() => said() !== undefined);
  await ctl('approve', 'c', '-fingerprint', said() ?? '');
  await until(() => c.uplink.connected);
  expect(c.views.length + c.troubles.length).toBeGreaterThan(0);
});

test('peers are believed by their own statements, and removed by the register’s word', async () => {
  const token = await ctl('token', 'create', '-uses', '2');
  const [d, e] = [agent('d', token), agent('e', token)];
  await until(() => peersOf(d.views.at(-1)).includes('e'));
  expect(d.uplink.refused.size).toBe(0);
  await ctl('remove', 'e');
  await until(() => !peersOf(d.views.at(-1)).includes('e'));
  await until(() => e.troubles.length > 0 && !e.uplink.connected);
  expect(d.uplink.refused.size).toBe(0);
});

test('a new identity key, vouched for by the old one, is believed by the peers', async () => {
  const token = await ctl('token', 'create', '-uses', '2');
  const [f, g] = [agent('f', token), agent('g', token)];
  await until(() => peersOf(f.views.at(-1)).includes('g') && peersOf(g.views.at(-1)).length > 0);
  const registerId = f.views.at(-1)?.revision.registerId ?? '';
  const next = await makeNextIdentity(g.files, '/state', {
    old: g.identity,
    ...{ registerId, name: 'g' as Hostname, issuedAtSeconds: 1n },
  });
  if (!next.ok) throw new Error(next.reason);
  const config = configFixture({ hostname: 'g' as Hostname });
  const given = givenFor([controller.address], { config, identity: next.value.identity });
  for (const round of ['taken', 'known already']) {
    const meeting = await meet(given, controller.address);
    if (!meeting.ok) throw new Error(meeting.reason);
    const admission = await seekAdmission({
      ...{ given, met: meeting.value, succession: next.value.succession },
      endpoints: () => given.endpoints,
      pause: () => Promise.resolve(false),
      onPending: () => undefined,
    });
    meeting.value.session.close();
    expect([round, 'kind' in admission ? admission.reason : '']).toEqual([round, '']);
  }
  const known = (): string | undefined =>
    f.views.at(-1)?.peers.find(({ name }) => name === 'g')?.identityKey;
  await until(() => known() === next.value.identity.identityKey);
  expect(f.uplink.refused.size).toBe(0);
});

test('a node comes back by its own key, whatever became of its token', async () => {
  const token = await ctl('token', 'create');
  const first = agent('h', token);
  await until(() => first.uplink.connected);
  await stopAll();
  const again = agent('h', token, first.identity);
  await until(() => again.uplink.connected);
  expect(again.troubles).toEqual([]);
});
