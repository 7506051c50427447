// Two hosts with a real FRR each over one link: sessions, routes, filters, and what a change does to them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Frr } from '../../client/desired/desired.ts';
import { linkName } from '../../client/desired/names.ts';
import { readFrrSessions } from '../../client/status/frr.ts';
import type { Peer } from '../../shared/mesh/peer.ts';
import { peerOf } from '../client/desired/frr-case.ts';
import { run, startFrrNode, until, wantedOf, type FrrNode } from './frr-node.ts';
import { frrVersions } from './images.ts';
import { bgpRoutes, giveAddresses, linkUp } from './two-hosts.ts';

const left = peerOf(1, ['10.20.0.0/16', '2001:db8:20::/48']);
const right = peerOf(2);

/** What the right one learns. */
const ofLeft = ['10.128.0.1', '10.20.0.0/16', '2001:db8:20::/48', 'fd00:beef:beef::1'];

const session = async (node: FrrNode): Promise<string> => {
  const found = (await readFrrSessions(node.host.vty)).find(({ bfdState }) => bfdState !== '');
  return `${found?.bgpState ?? ''} ${found?.bfdState ?? ''} ${found?.prefixes ?? 0}`;
};
const isSession = (node: FrrNode, wanted: string) => async (): Promise<boolean> => {
  const now = await session(node);
  if (now !== wanted) throw new Error(`the session is ${now}`);
  return true;
};

/** Its address has come by a router advertisement, or the session is up already. */
const knowsItsPeer = (node: FrrNode) => async (): Promise<boolean> => {
  const answer = await node.host.vty.ask('bgpd', ['enable', 'show bgp neighbors json']);
  return (answer?.[1]?.text ?? '').includes('fe80::');
};

/** An address that appears while a session is about to start made FRR 10.3 wait for ever (see conf/frr.conf). */
const disturb = async (node: FrrNode): Promise<void> => {
  await until(knowsItsPeer(node));
  run('ip', '-n', node.namespace, 'address', 'add', '192.0.2.1/32', 'dev', 'mo-node');
};

/** What one side's bgpd has counted of the session with the other. */
const counted = async (node: FrrNode, peer: Peer): Promise<Counted> => {
  const name = linkName(peer.name);
  const answer = await node.host.vty.ask('bgpd', ['enable', `show bgp neighbors ${name} json`]);
  const found = JSON.parse(answer?.[1]?.text ?? '{}') as Record<string, Counted>;
  return found[name]!;
};

interface Counted {
  readonly connectionsEstablished: number;
  readonly connectionsDropped: number;
  readonly messageStats: { readonly updatesRecv: number };
}

describe.each(frrVersions)('two FRR %s', (version) => {
  let a: FrrNode;
  let b: FrrNode;
  const wantedA = (...more: readonly Peer[]): Frr =>
    wantedOf({ self: left, peers: [right, ...more] }, version);
  const wantedB = wantedOf({ self: right, peers: [left] }, version);
  beforeAll(async () => {
    [a, b] = await Promise.all([startFrrNode(), startFrrNode()]);
    linkUp({ node: a, self: left }, { node: b, self: right });
    giveAddresses({ node: a, self: left });
    giveAddresses({ node: b, self: right });
  });
  afterAll(async () => {
    await Promise.all([a.stop(), b.stop()]);
  });

  test('come to a session with BFD, and only what is authorised is in the kernel', async () => {
    await Promise.all([a.turn(wantedA()), b.turn(wantedB)]);
    await Promise.all([disturb(a), disturb(b)]);
    await until(isSession(a, 'Established up 2'));
    await until(isSession(b, 'Established up 4'));
    await until(() => Promise.resolve(bgpRoutes(b).length === 4 && bgpRoutes(a).length === 2));
    expect(bgpRoutes(b)).toEqual(ofLeft);
    expect(bgpRoutes(a)).toEqual(['10.128.0.2', 'fd00:beef:beef::2']);
    expect(await a.turn(wantedA())).toEqual([]);
  });

  test('another peer comes and goes while the session keeps its age', async () => {
    const { connectionsEstablished, connectionsDropped } = await counted(a, right);
    expect(await a.turn(wantedA(peerOf(3)))).toEqual(['configuration']);
    expect(await a.turn(wantedA())).toEqual(['configuration']);
    expect(await counted(a, right)).toMatchObject({
      connectionsEstablished,
      connectionsDropped,
    });
    expect(await session(a)).toBe('Established up 2');
  });

  test('what the peer does not own is not accepted', async () => {
    const { updatesRecv } = (await counted(a, right)).messageStats;
    run('ip', '-n', b.namespace, 'address', 'add', '10.128.0.99/32', 'dev', 'mo-node');
    await b.host.vty.ask('bgpd', [
      'enable',
      'configure terminal',
      'router bgp 4200000002',
      'address-family ipv4 unicast',
      'no neighbor MO prefix-list MO-OWN-4 out',
    ]);
    await until(async () => (await counted(a, right)).messageStats.updatesRecv > updatesRecv);
    const table = await a.host.vty.ask('bgpd', ['enable', 'show bgp ipv4 unicast']);
    expect(table?.[1]?.text).toContain('10.128.0.2/32');
    expect(table?.[1]?.text).not.toContain('10.128.0.99');
    expect(bgpRoutes(a)).toEqual(['10.128.0.2', 'fd00:beef:beef::2']);
    expect(await b.turn(wantedB)).toEqual(['configuration']);
  });

  test('a peer whose FRR was gone comes back', async () => {
    await b.host.containers.remove('meshover-frr');
    await until(async () => !(await session(a)).startsWith('Established'));
    expect(await b.turn(wantedB)).toEqual(['container', 'configuration']);
    await until(isSession(a, 'Established up 2'));
    await until(isSession(b, 'Established up 4'));
    await until(() => Promise.resolve(bgpRoutes(b).length === 4 && bgpRoutes(a).length === 2));
  });

  test('FRR killed and started again loses no route of the kernel, on either side', async () => {
    const routes = [...bgpRoutes(a), ...bgpRoutes(b)];
    let done = false;
    const restart = b.host.containers
      .restartByKill('meshover-frr')
      .then(() => until(isSession(b, 'Established up 4')))
      .finally(() => {
        done = true;
      });
    const seen = new Set<string>();
    await until(() => {
      seen.add([...bgpRoutes(a), ...bgpRoutes(b)].join(' '));
      return Promise.resolve(done);
    });
    await restart;
    expect([...seen]).toEqual([routes.join(' ')]);
    expect(await b.turn(wantedB)).toEqual([]);
  });
});
