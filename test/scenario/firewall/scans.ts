// What a scan finds: from the underlay, over the overlay, from a LAN, and on a link with a hop limit under 255.
import { allReached } from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import type { Host } from '../../lab/host.ts';
import { type Mesh, sessionsUp } from '../../lab/mesh.ts';
import { listenOn, portsThatAre, probe } from '../../lab/probing.ts';
import { outside } from '../../lab/topology.ts';
import { linkLocalOf, linkTo } from './facts.ts';

/** Where zebra, bgpd and the others would have their command lines; a listener stands in for one that is open. */
const vtyPort = 2610;
const metricsPort = 9181;
/** Each port costs a slow guest milliseconds: the well-known ones whole, from two places. */
const few = `22,53,80,111,179,443,2600-2623,${metricsPort},12384-12385`;
const many = `1-1024,2600-2623,${metricsPort},12384-12385`;

/** "bgpd tcp 179": what FRR's programs listen on beyond loopback; from 49152 on bfdd only sends. */
const frrListeners = async (host: Host): Promise<readonly string[]> => {
  const shown = await host.must(['ss', '-Hlntup']);
  const found = shown.split('\n').flatMap((line) => {
    const [protocol = '', , , , local = ''] = line.split(/\s+/);
    const program = /users:\(\("([^"]+)"/.exec(line)?.[1] ?? '';
    const ofFrr = /^(zebra|bgpd|bfdd|mgmtd|staticd|watchfrr)$/.test(program);
    const port = Number(local.slice(local.lastIndexOf(':') + 1));
    const isOpen = ofFrr && port < 49_152 && !/^(127\.|\[::1\])/.test(local);
    return isOpen ? [`${program} ${protocol} ${port}`] : [];
  });
  return [...new Set(found)].sort();
};

export const nothingIsOpen = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  await mesh.whole();
  const addresses = await allReached(mesh);
  const alpha = mesh.host('alpha');
  const own = addresses.find(({ name }) => name === 'alpha');
  const listeners = await frrListeners(alpha);
  const expected = 'bfdd udp 3784 bfdd udp 4784 bfdd udp 7784 bgpd tcp 179';
  claim('FRR listens beyond loopback on', listeners.join(', '), listeners.join(' ') === expected);
  const listener = await listenOn(alpha, vtyPort);
  const scans = [
    { from: outside.name, address: '2001:db8::1', where: 'the underlay', ports: many },
    { from: outside.name, address: '198.51.100.1', where: 'the underlay', ports: few },
    { from: 'bravo', address: own?.v6 ?? '', where: 'the overlay', ports: many },
    { from: 'bravo', address: own?.v4 ?? '', where: 'the overlay', ports: few },
    { from: 'lan-alpha', address: '2001:db8:20::1', where: 'the LAN', ports: few },
    { from: 'lan-alpha', address: '10.20.0.1', where: 'the LAN', ports: few },
  ];
  for (const { from, address, where, ports } of scans) {
    const allowed = address === '2001:db8::1' ? [metricsPort] : [];
    const probed = await probe(mesh.host(from), address, ports);
    const open = portsThatAre('open', probed);
    claim(
      `open ports of ${address} from ${where}, of ${probed.size} tried (${metricsPort} is the lab's own)`,
      open.join(' ') || 'none',
      open.join() === allowed.join(),
    );
    const closed = [179, vtyPort].map((port) => probed.get(port) ?? '');
    claim(
      `BGP and an open command line there`,
      closed.join(' '),
      closed.join() === 'silent,silent',
    );
  }
  const local = await probe(alpha, '::1', `179,${vtyPort}`);
  const words = [...local.values()];
  claim('both from the host itself', words.join(' '), words.join() === 'open,open');
  await listener.stop();
};

export const onlyNextDoor = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const [alpha, bravo] = [mesh.host('alpha'), mesh.host('bravo')];
  const link = linkTo('alpha');
  const target = `${await linkLocalOf(alpha, 'bravo')}%${link}`;
  const withHopLimit = async (limit: number): Promise<string> => {
    await bravo.must(['sysctl', '-qw', `net.ipv6.conf.${link}.hop_limit=${limit}`]);
    return (await probe(bravo, target, '179')).get(179) ?? '';
  };
  const far = await withHopLimit(64);
  claim('BGP on a link with hop limit 64', far, far === 'silent');
  const near = await withHopLimit(255);
  claim('BGP on a link with hop limit 255', near, near === 'open');
  await withHopLimit(64);
  const seconds = await sessionsUp(mesh, ['alpha', 'bravo', 'charlie', 'delta']);
  claim('every session is Established', `${seconds.toFixed(1)} s`, true);
};
