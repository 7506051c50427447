// An agent that cannot do what it should: status 1, a line with the remedy, nothing lost. In a network of its own.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  contentsOf,
  newPlace,
  removePlaces,
  run,
  runServer,
  unprivileged,
  type Ended,
  type Running,
} from './programs.ts';

const namespace = `mo-bad-${process.pid}`;
const inside = { through: ['ip', 'netns', 'exec', namespace] };
const ip = (...argv: readonly string[]): void => {
  execFileSync('ip', argv, { stdio: 'ignore' });
};

/** Nothing of these touches the host; what is tested is reached without them. */
const bare = ['-disable', 'gathering,links,sysctl,wireguard'];

/** A port where nobody listens. */
const nowhere = ['-controlserver', '[::1]:1'];

let server: Running;
const joined = newPlace();

beforeAll(async () => {
  ip('netns', 'add', namespace);
  ip('-n', namespace, 'link', 'set', 'lo', 'up');
  server = await runServer(
    ['-open', '-listen', '[::1]:0', '-statedir', join(newPlace(), 's')],
    inside,
  );
  await agent(joined, ['-once', '-hostname', 'alpha', ...here()]);
});

afterAll(async () => {
  await server.stop();
  ip('netns', 'del', namespace);
  removePlaces();
});

/** The agent twice, with a place of its own for wireguard-go's sockets, which knows no namespaces. */
const onceAndClean = (where: string): typeof inside => {
  const script =
    'mount -t tmpfs none /run && "$@" -once; status=$?; "$@" -clean; echo "cleaned $?"; exit $status';
  return { through: ['ip', 'netns', 'exec', where, 'sh', '-c', script, 'sh'] };
};

const here = (): readonly string[] => ['-controlserver', server.address];

const agent = (stateDir: string, argv: readonly string[]): Promise<Ended> =>
  run('client', ['-statedir', stateDir, ...bare, ...argv], inside);

/** What an agent has on disk once it has joined. */
const joinedState = (): string => {
  const stateDir = newPlace();
  cpSync(joined, stateDir, { recursive: true });
  return stateDir;
};

const expectFailure = ({ status, lines }: Ended, ...parts: readonly string[]): void => {
  for (const part of parts) expect(lines.at(-1)).toContain(part);
  expect(status).toBe(1);
};

test('no root', async () => {
  const stateDir = join(newPlace(), 'state');
  const ended = await run('client', ['-statedir', stateDir, ...nowhere], unprivileged);
  expect(ended).toMatchObject({
    status: 1,
    lines: ['client: it configures interfaces and routes: run it as root (sudo)'],
  });
  expect(existsSync(stateDir)).toBe(false);
});

describe('files of the state directory', () => {
  test.each([
    ['cut short', 60],
    ['empty', 0],
  ])('keys %s are never made anew in silence', async (_, bytes) => {
    const stateDir = joinedState();
    truncateSync(join(stateDir, 'identity/keys'), bytes);
    const before = contentsOf(stateDir);
    const ended = await agent(stateDir, ['-once', '-hostname', 'alpha', ...here()]);
    expect(ended.lines).toHaveLength(1);
    expectFailure(ended, "the node's keys in", 'Restore the file from a backup', 'meshoverctl');
    expect(contentsOf(stateDir)).toEqual(before);
  });

  test('a view cut short is left alone and asked for again', async () => {
    const stateDir = joinedState();
    truncateSync(join(stateDir, 'view'), 300);
    const before = contentsOf(stateDir);
    const ended = await agent(stateDir, ['-plan', '-hostname', 'alpha', ...nowhere]);
    expect(ended.lines[0]).toContain('It is fetched again from the controller');
    expectFailure(ended, '[::1]:1', 'ECONNREFUSED');
    expect(contentsOf(stateDir)).toEqual(before);
  });

  test('a view of a newer version is named as that', async () => {
    const stateDir = joinedState();
    const path = join(stateDir, 'view');
    const newer = readFileSync(path, 'utf8').replace('meshover-view 1 ', 'meshover-view 9 ');
    writeFileSync(path, newer);
    const ended = await agent(stateDir, ['-plan', '-hostname', 'alpha', ...here()]);
    expect(ended.lines[0]).toContain('written by a newer version of meshover (format 9)');
    expect(ended.status).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(newer);
  });

  test('a garbled pin of the controller is no first contact', async () => {
    const stateDir = joinedState();
    writeFileSync(join(stateDir, 'controller'), 'rubbish\n');
    truncateSync(join(stateDir, 'view'), 0);
    const ended = await agent(stateDir, ['-once', '-hostname', 'alpha', ...here()]);
    expectFailure(ended, 'controller cannot be used: its first line is damaged', 'client -repin');
    expect(readFileSync(join(stateDir, 'controller'), 'utf8')).toBe('rubbish\n');
  });

  test('what is remembered of the peers, cut short, is rebuilt from the saved view', async () => {
    const stateDir = joinedState();
    truncateSync(join(stateDir, 'pins'), 20);
    const ended = await agent(stateDir, ['-plan', '-hostname', 'alpha', ...nowhere]);
    expect(ended.lines[0]).toContain('It is rebuilt from the saved view');
    expect(ended.status).toBe(0);
  });
});

test('the name of another node', async () => {
  const ended = await agent(newPlace(), ['-once', '-hostname', 'alpha', ...here()]);
  expectFailure(ended, 'name-taken', 'choose another name with -hostname', 'remove alpha');
});

test('another agent on the same state directory', async () => {
  const stateDir = joinedState();
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  writeFileSync(join(stateDir, 'agent.pid'), `${process.pid} ${startedAt}`);
  const before = contentsOf(stateDir);
  const ended = await agent(stateDir, ['-once', '-hostname', 'alpha', ...here()]);
  expectFailure(ended, `process ${process.pid}`, stateDir, `kill ${process.pid}`);
  expect(contentsOf(stateDir)).toEqual(before);
});

test('a port in use', async () => {
  const ended = await agent(joinedState(), [
    '-hostname',
    'alpha',
    ...here(),
    '-metrics',
    server.address,
  ]);
  expectFailure(ended, `${server.address}: the port is in use: choose another with -metrics`);
});

test("a route of the host in the mesh's pool is told before anything is configured", async () => {
  ip('-n', namespace, 'link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'lan1');
  ip('-n', namespace, 'address', 'add', '10.200.0.1/16', 'dev', 'lan0');
  for (const name of ['lan0', 'lan1']) ip('-n', namespace, 'link', 'set', name, 'up');
  const { lines, status } = await agent(joinedState(), ['-plan', '-hostname', 'alpha', ...nowhere]);
  ip('-n', namespace, 'link', 'del', 'lan0');
  expect(lines.join('\n')).toMatch(
    /route 10\.200\.0\.0\/16 dev lan0 overlaps the mesh's pool 10\.192\.0\.0\/12: .*-wgaddress/,
  );
  expect(status).toBe(0);
});

describe('templates', () => {
  const planWith = async (spoil: (conf: string) => void): Promise<Ended> => {
    const conf = newPlace();
    cpSync(join(import.meta.dirname, '../../conf'), conf, { recursive: true });
    spoil(conf);
    return agent(joinedState(), ['-plan', '-hostname', 'alpha', ...nowhere, '-frrconf', conf]);
  };

  test('a syntax error is named by file and line before it is applied', async () => {
    const { output } = await planWith((conf) => {
      writeFileSync(join(conf, 'frr.conf'), '!\n!\n{% if %}\n');
    });
    expect(output).toContain('template frr.conf line 3: unexpected token');
  });

  test('an unknown variable is named by file and line', async () => {
    const { output } = await planWith((conf) => {
      writeFileSync(join(conf, 'frr.conf'), '!\nrouter bgp {{ asm }}\n');
    });
    expect(output).toContain('template frr.conf line 2: a variable that does not exist');
  });
});

describe('no IPv6', () => {
  const without = `${namespace}-v4`;
  const there = { through: ['ip', 'netns', 'exec', without] };
  const places = newPlace();
  let four: Running;

  beforeAll(async () => {
    ip('netns', 'add', without);
    ip('-n', without, 'link', 'set', 'lo', 'up');
    for (const which of ['all', 'default']) {
      const key = `net.ipv6.conf.${which}.disable_ipv6=1`;
      execFileSync('ip', ['netns', 'exec', without, 'sysctl', '-qw', key]);
    }
    four = await runServer(['-open', '-listen', '-statedir', join(places, 's')], there);
  });

  afterAll(async () => {
    await four.stop();
    ip('netns', 'del', without);
  });

  test('a controller listens for IPv4 all the same', () => {
    expect(four.address).toBe('[::]:12384');
  });

  test('a controller at an IPv6 address says that there is none', async () => {
    const argv = ['-http', 'off', '-listen', '[::1]:0', '-statedir', join(places, 'other')];
    expectFailure(await run('server', argv, there), 'this machine has no such address');
  });

  test('an agent joins over IPv4, says what fails and how IPv6 is switched on', async () => {
    const parts = ['-disable', 'frr,gathering,links,sysctl', '-statedir', join(places, 'c')];
    const argv = ['-hostname', 'beta', '-controlserver', '127.0.0.1:12384', ...parts];
    const { status, output, lines } = await run('client', argv, onceAndClean(without));
    expect(lines.join('\n')).toMatch(/no stable global IPv6 address .*-endpoint/);
    expect(lines.join('\n')).toMatch(/IPv6 is disabled .*sysctl -w .*disable_ipv6=0/);
    expect({ status, output }).toEqual({ status: 1, output: 'cleaned 0\n' });
  });
});
