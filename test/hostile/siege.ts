// A real controller with honest nodes, besieged: how long they wait for news, what it costs the controller.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPlace, runServer, type Running } from '../bad-input/programs.ts';
import { MeshNode, type Place } from '../mesh/node.ts';

export interface Siege {
  /** Attacks until the end of the siege. */
  attack(kind: string, connections: number): Promise<void>;
  /** Milliseconds from a node's change to the watcher's knowing it, for each of `rounds` changes. */
  deltas(rounds: number): Promise<readonly number[]>;
  /** Of the controller's process, in MiB. */
  memory(): number;
  connections(): number;
  raise(): Promise<void>;
  end(): Promise<void>;
}

export const besiege = async (): Promise<Siege> => {
  const stateDir = join(newPlace(), 'state');
  const server = await runServer(['-listen', '[::1]:0', '-open', '-statedir', stateDir]);
  const place = {
    address: server.address,
    authority: readFileSync(join(stateDir, 'authority.pem'), 'utf8'),
  };
  const [watcher, writer] = [new MeshNode('watcher'), new MeshNode('writer')];
  await watcher.join(place);
  await watcher.watch(place);
  const attackers: ChildProcess[] = [];
  const raise = async (): Promise<void> => {
    for (const attacker of attackers.splice(0)) {
      attacker.stdin?.end();
      if (attacker.exitCode === null) await once(attacker, 'exit');
    }
  };
  return {
    attack: async (kind, connections) => {
      attackers.push(await startAttacker(kind, server, connections));
    },
    deltas: (rounds) => deltas({ place, watcher, writer }, rounds),
    memory: () => memoryOf(server.pid),
    connections: () => connectionsTo(server),
    raise,
    end: async () => {
      await raise();
      watcher.leave();
      await server.stop();
    },
  };
};

const startAttacker = async (
  kind: string,
  server: Running,
  connections: number,
): Promise<ChildProcess> => {
  const port = /\d+$/.exec(server.address)?.[0] ?? '';
  const argv = [join(import.meta.dirname, 'attacker.ts'), kind, port, String(connections)];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
};

interface Honest {
  readonly place: Place;
  readonly watcher: MeshNode;
  readonly writer: MeshNode;
}

let changes = 0;

const deltas = async (
  { place, watcher, writer }: Honest,
  rounds: number,
): Promise<readonly number[]> => {
  const waits: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const endpoint = `[2001:db8::${(++changes).toString(16)}]:51820`;
    const start = performance.now();
    await joinPatiently(writer, place, endpoint);
    await watcher.until(() => watcher.peers.get('writer')?.endpoints[0] === endpoint);
    waits.push(performance.now() - start);
  }
  return waits;
};

/** As an agent does: it tries again when it was turned away. */
const joinPatiently = async (node: MeshNode, place: Place, endpoint: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await node.join(place, { endpoints: [endpoint] });
      return;
    } catch (fault) {
      if (attempt === 100) throw fault;
    }
  }
};

const memoryOf = (pid: number): number => {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(?<kib>\d+)/m.exec(status)?.groups?.['kib']) / 1024;
};

/** Established ones at the controller's end. */
const connectionsTo = (server: Running): number => {
  const port = Number(/\d+$/.exec(server.address)?.[0]);
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp6', 'utf8')
    .split('\n')
    .filter((line) => new RegExp(`^ *\\d+: \\S+:${hex} \\S+ 01 `).test(line)).length;
};
