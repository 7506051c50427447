// Living with what else is on the host: other tables, other BGP speakers, a FORWARD policy that drops; and the MSS.
import type { Claims } from '../../lab/claims.ts';
import type { Host } from '../../lab/host.ts';
import { type Mesh, sessionsUp } from '../../lab/mesh.ts';
import { listenOn, probe } from '../../lab/probing.ts';
import { controllerAddress, outside } from '../../lab/topology.ts';
import { failedPings } from '../../lab/addresses.ts';
import { waitFor } from '../../lab/wait-for.ts';

const theirTables = `
table inet theirs {
  set listed { type ipv4_addr; flags interval; elements = { 192.0.2.0/25, 192.0.2.200 }; }
  chain input {
    type filter hook input priority 0; policy accept;
    ip saddr @listed counter accept
  }
  chain forward {
    type filter hook forward priority 5; policy accept;
    tcp dport 25 drop
  }
}
table ip theirs {
  chain nat {
    type nat hook postrouting priority 100; policy accept;
    ip saddr 192.0.2.9 masquerade
  }
}
table bridge theirs {
  chain any { type filter hook forward priority 0; policy accept; }
}
`;

/** Everything but our table, byte for byte; -s leaves out what counters counted. */
const othersOn = async (host: Host): Promise<string> => {
  const ruleset = await host.must(['nft', '-s', '-a', 'list', 'ruleset']);
  return ruleset.replace(/^table inet meshover \{[^]*?^\}\n/m, '');
};

const hasTable = async (host: Host): Promise<boolean> =>
  (await host.run(['nft', 'list', 'table', 'inet', 'meshover'])).status === 0;

export const otherTables = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const delta = mesh.host('delta');
  await mesh.stopAgent('delta');
  await mesh.callAgent('delta', ['-clean']);
  claim('-clean removes our table', String(await hasTable(delta)), !(await hasTable(delta)));
  await delta.must(['nft', '-f', '-'], { stdin: theirTables });
  const before = await delta.must(['nft', '-s', '-a', 'list', 'ruleset']);
  const turns: readonly (readonly [string, readonly string[], boolean])[] = [
    ['our table is made', ['-once'], true],
    ['it changes', ['-once', '-bgpneighbors', controllerAddress], true],
    ['it is switched off', ['-once', '-disable', 'firewall'], false],
    ['it is made again', ['-once'], true],
    ['all is cleaned', ['-clean'], false],
  ];
  for (const [what, flags, there] of turns) {
    const ran = await mesh.callAgent('delta', flags);
    if (ran.status !== 0) throw new Error(`client ${flags.join(' ')}: ${ran.stderr.slice(-400)}`);
    const same = (await othersOn(delta)) === before;
    const fits = (await hasTable(delta)) === there;
    claim(`the tables of others when ${what}`, same ? 'the same' : 'changed', same && fits);
  }
  await delta.must(['nft', 'flush', 'ruleset']);
  await mesh.whole();
};

export const takenPort = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const charlie = mesh.host('charlie');
  await mesh.stopAgent('charlie');
  await charlie.must(['docker', 'rm', '-f', 'meshover-frr']);
  const other = await listenOn(charlie, 179);
  const agent = mesh.startAgent('charlie', ['-bgpneighbors', controllerAddress]);
  const said = `is held by node (pid ${other.pid}), so FRR is not started`;
  await waitFor({ what: 'the word about port 179', deadlineMs: 60_000 }, () =>
    agent.output().includes(said) ? true : agent.output().slice(-300),
  );
  const containers = (await charlie.must(['docker', 'ps', '-q'])).trim();
  claim('another program on port 179 is named', said, true);
  claim('containers of FRR meanwhile', containers || 'none', containers === '');
  const target = '2001:db8::3';
  const declared = (await probe(mesh.controller, target, '179')).get(179) ?? '';
  const stranger = (await probe(mesh.host(outside.name), target, '179')).get(179) ?? '';
  claim('port 179 for a declared neighbour', declared, declared === 'open');
  claim('port 179 for another machine', stranger, stranger === 'silent');
  await other.stop();
  const seconds = await sessionsUp(mesh, ['charlie', 'alpha']);
  claim('the port is free: Established by itself after', `${seconds.toFixed(1)} s`, true);
  await mesh.stopAgent('charlie');
  await mesh.whole();
};

/** What the operator is told of FORWARD; empty when all is well. */
const forwardComplaint = async (mesh: Mesh, name: string): Promise<string> => {
  const { stderr } = await mesh.callAgent(name, ['-plan']);
  return stderr.split('\n').find((line) => line.includes('drops what it forwards')) ?? '';
};

export const droppingPolicy = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const alpha = mesh.host('alpha');
  const pings = [{ from: 'lan-bravo', to: '10.20.0.2' }];
  await alpha.must(['iptables', '-P', 'FORWARD', 'DROP']);
  const cut = await failedPings(mesh, pings);
  claim('pings through a FORWARD policy that drops', 1 - cut.length, cut.length === 1);
  const complaint = await forwardComplaint(mesh, 'alpha');
  const remedy = complaint.split('let the links through with: ')[1] ?? '';
  claim('the operator is told to', remedy, remedy.includes('mo-+'));
  await alpha.must(['bash', '-euc', remedy]);
  const after = await failedPings(mesh, pings);
  claim('pings with that done', 1 - after.length, after.length === 0);
  const left = await forwardComplaint(mesh, 'alpha');
  claim('and is told no more', left || 'nothing', left === '');
  await alpha.must(['nft', 'delete', 'table', 'ip', 'filter']);
};

export const clampedSegments = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const server = mesh.host('lan-bravo');
  const listener = await listenOn(server, 7777);
  const words = ['tcpdump', '-l', '-n', '--immediate-mode', '-i', 'eth0', 'tcp port 7777'];
  const tcpdump = server.start('tcpdump-mss', words);
  await waitFor({ what: 'tcpdump', deadlineMs: 20_000 }, () =>
    tcpdump.output().includes('listening on') ? true : tcpdump.output(),
  );
  const opened: string[] = [];
  for (const address of ['10.30.0.2', '2001:db8:30::2'])
    opened.push((await probe(mesh.host('lan-alpha'), address, '7777')).get(7777) ?? '');
  await tcpdump.stop('SIGINT');
  await listener.stop();
  const syns = tcpdump
    .output()
    .split('\n')
    .filter((line) => line.includes('Flags [S],'));
  const sizes = syns.map((line) => /mss (\d+)/.exec(line)?.[1] ?? '');
  claim('connections from LAN to LAN', opened.join(' '), opened.join() === 'open,open');
  claim(
    'their MSS on links of 1376 bytes, v4 and v6',
    sizes.join(' '),
    sizes.join() === '1336,1316',
  );
};
