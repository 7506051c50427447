// Packets that are not what they say: a node address, a tunnel's packet from outside, one handed on by a member.
import { addressesOf, allReached, failedPings } from '../../lab/addresses.ts';
import { captureWhile, count } from '../../lab/capture.ts';
import type { Claims } from '../../lab/claims.ts';
import type { Host } from '../../lab/host.ts';
import type { Mesh } from '../../lab/mesh.ts';
import { outside } from '../../lab/topology.ts';
import { dropsDuring, linkLocalOf, linkTo, tunnelAddressOf } from '../firewall/facts.ts';

const ours = /^mo-/;

/** Three packets; nobody answers, so that ping fails. */
const send = async (host: Host, words: readonly string[]): Promise<void> => {
  await host.run(['ping', '-c3', '-i0.3', '-W1', ...words]);
};

export const anotherNodesAddress = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  const [alpha, bravo] = [mesh.host('alpha'), mesh.host('bravo')];
  const [to, as] = [await addressesOf(mesh, 'alpha'), await addressesOf(mesh, 'charlie')];
  await bravo.shell(`ip addr add ${as.v4}/32 dev lo; ip addr add ${as.v6}/128 dev lo nodad\n`);
  for (const family of ['v4', 'v6'] as const) {
    const comment = 'the address of another node';
    let dropped = 0;
    const seen = await captureWhile(
      alpha,
      `(icmp or icmp6) and dst host ${as[family]}`,
      async () => {
        dropped = await dropsDuring(alpha, comment, () =>
          send(bravo, ['-I', as[family], to[family]]),
        );
      },
    );
    claim(`packets of bravo as ${as[family]} that alpha dropped, of 3`, dropped, dropped === 3);
    const answers = seen.length;
    claim('answers of alpha to them', answers, answers === 0);
  }
  const behind = await captureWhile(mesh.host('lan-alpha'), `src host ${as.v6}`, () =>
    send(bravo, ['-I', as.v6, '2001:db8:20::2']),
  );
  claim('such packets that reached the LAN behind alpha', behind.length, behind.length === 0);
  await bravo.shell(`ip addr del ${as.v4}/32 dev lo; ip addr del ${as.v6}/128 dev lo\n`);
  await allReached(mesh);
};

/** A GRE packet as of bravo's tunnel to alpha, from a stranger; how many came out of alpha's link. */
const fromOutside = async (mesh: Mesh, inject: (act: () => Promise<void>) => Promise<void>) => {
  const [alpha, stranger] = [mesh.host('alpha'), mesh.host(outside.name)];
  const [local, remote] = [await tunnelAddressOf(mesh.host('bravo')), await tunnelAddressOf(alpha)];
  await stranger.shell(
    `ip addr add ${local}/128 dev lo nodad; ip -6 route add ${remote}/128 via 2001:db8::1
    ip link add evil type ip6gre local ${local} remote ${remote} encaplimit none; ip link set evil up\n`,
  );
  const seen = await captureWhile(alpha, 'icmp6[0] = 128 and dst host ff02::1', () =>
    inject(() => send(stranger, ['ff02::1%evil'])),
  );
  await stranger.shell(
    `ip link del evil; ip -6 route del ${remote}/128; ip addr del ${local}/128 dev lo\n`,
  );
  return count(seen, ours, 'other') + count(seen, ours, 'In');
};

/** As of alpha's tunnel to charlie, sent through alpha by what lies behind bravo. */
const throughMember = async (mesh: Mesh, inject: (act: () => Promise<void>) => Promise<void>) => {
  const [alpha, bravo, charlie] = [mesh.host('alpha'), mesh.host('bravo'), mesh.host('charlie')];
  const lan = mesh.host('lan-bravo');
  const [local, remote] = [await tunnelAddressOf(alpha), await tunnelAddressOf(charlie)];
  const next = await linkLocalOf(alpha, 'bravo');
  await bravo.shell(`ip -6 route add ${remote}/128 via ${next} dev ${linkTo('alpha')}\n`);
  await lan.shell(
    `ip addr add ${local}/128 dev lo nodad
    ip link add evil type ip6gre local ${local} remote ${remote} encaplimit none; ip link set evil up\n`,
  );
  const seen = await captureWhile(charlie, 'icmp6[0] = 128 and dst host ff02::1', () =>
    inject(() => send(lan, ['ff02::1%evil'])),
  );
  await lan.shell(`ip link del evil; ip addr del ${local}/128 dev lo\n`);
  await bravo.shell(`ip -6 route del ${remote}/128\n`);
  return count(seen, ours, 'other') + count(seen, ours, 'In');
};

export const tunnelPackets = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const alpha = mesh.host('alpha');
  const told = (comment: string) => async (act: () => Promise<void>) => {
    const dropped = await dropsDuring(alpha, comment, act);
    claim(`packets dropped by "${comment}", at least 3`, dropped, dropped >= 3);
  };
  const stray = await fromOutside(mesh, told('tunnel address: only inside WireGuard'));
  claim("a stranger's GRE packets that came out of a link of alpha", stray, stray === 0);
  const handed = await throughMember(mesh, told('WireGuard carries only links'));
  claim('packets as of alpha that bravo had alpha hand to charlie', handed, handed === 0);
};

/** The stranger again with the firewall switched off: what it is there for. */
export const withoutFirewall = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.stopAgent('alpha');
  const once = await mesh.callAgent('alpha', ['-disable', 'firewall', '-once']);
  const table = await mesh.host('alpha').run(['nft', 'list', 'table', 'inet', 'meshover']);
  claim(
    '-disable firewall removes the table',
    once.status,
    once.status === 0 && table.status !== 0,
  );
  const stray = await fromOutside(mesh, (act) => act());
  claim("a stranger's GRE packets that came out of a link then", stray, stray > 0);
  await mesh.whole();
};

/** An operator's own GRE tunnel over the underlay. */
export const foreignTunnel = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const ends = [
    [mesh.host('alpha'), '2001:db8::1', '2001:db8::ffff', 1],
    [mesh.host(outside.name), '2001:db8::ffff', '2001:db8::1', 2],
  ] as const;
  for (const [host, local, remote, n] of ends)
    await host.shell(
      `ip link add theirs type ip6gre local ${local} remote ${remote}
      ip addr add 172.31.0.${n}/30 dev theirs; ip link set theirs up\n`,
    );
  const failed = await failedPings(mesh, [{ from: 'alpha', to: '172.31.0.2' }]);
  claim("pings over an operator's own GRE tunnel, of 1", 1 - failed.length, failed.length === 0);
  for (const [host] of ends) await host.must(['ip', 'link', 'del', 'theirs']);
};
