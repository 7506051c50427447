// What strangers, other programs and broken disks do to a controller: it says so and goes on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Client, status, type ServiceError } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { newStateDir, startController, type Controller } from './controller.ts';
import { channelOptions, MeshNode, secured } from './node.ts';

const running: Controller[] = [];

const start = async (stateDir = newStateDir(), argv?: readonly string[]): Promise<Controller> => {
  const controller = await startController(stateDir, argv);
  running.push(controller);
  return controller;
};

afterEach(async () => {
  for (const controller of running.splice(0)) await controller.stop();
});

const portOf = (controller: Controller): number => Number(controller.address.split(':').at(-1));

const stillServes = async (controller: Controller): Promise<void> => {
  expect((await new MeshNode('good').join(controller)).self?.name).toBe('good');
};

/** Sends raw bytes as the request of a call. */
const callWith = async (controller: Controller, bytes: Buffer): Promise<ServiceError> => {
  const client = new Client(controller.address, secured(controller.authority), channelOptions);
  try {
    return await new Promise((resolve, reject) => {
      const identity = (each: Buffer): Buffer => each;
      const path = '/meshover.v1.Joining/Join';
      client.makeUnaryRequest(path, identity, identity, bytes, (error) => {
        if (error === null) reject(new Error('it was answered'));
        else resolve(error);
      });
    });
  } finally {
    client.close();
  }
};

test('a garbled message', async () => {
  const controller = await start();
  const failed = await callWith(controller, Buffer.from('ff'.repeat(40), 'hex'));
  expect(failed.code).toBe(status.INTERNAL);
  await stillServes(controller);
});

test('an oversize message', async () => {
  const controller = await start();
  const failed = await callWith(controller, Buffer.alloc(5 * 1024 * 1024));
  expect(failed.code).toBe(status.RESOURCE_EXHAUSTED);
  await stillServes(controller);
});

test('bytes that are no TLS', async () => {
  const controller = await start();
  const socket = connectTcp({ host: '::1', port: portOf(controller) });
  socket.on('error', () => undefined);
  socket.end('GET / HTTP/1.1\r\n\r\n'.repeat(100));
  socket.resume();
  await once(socket, 'close');
  await stillServes(controller);
});

test('TLS that carries no HTTP/2', async () => {
  const controller = await start();
  const options = { host: '::1', port: portOf(controller), ca: controller.authority };
  const socket = connectTls({
    ...options,
    ALPNProtocols: ['h2'],
    checkServerIdentity: () => undefined,
  });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  expect(socket.getProtocol()).toBe('TLSv1.3');
  socket.end('x'.repeat(1000));
  socket.resume();
  await once(socket, 'close');
  await stillServes(controller);
});

test('TLS older than 1.3', async () => {
  const controller = await start();
  const socket = connectTls({
    ...{ host: '::1', port: portOf(controller), maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' },
    rejectUnauthorized: false,
  });
  const [fault] = (await once(socket, 'error')) as [Error];
  expect(fault.message).toMatch(/protocol version|ECONNRESET/);
});

test('a port in use', async () => {
  const first = await start();
  const listen = ['-listen', `[::1]:${String(portOf(first))}`];
  // The flags of the helper come first, and a flag may be given only once.
  const server = await runProgram(['-statedir', newStateDir(), '-http', 'off', ...listen]);
  expect(server.exit).toBe(1);
  expect(server.err).toMatch(/the port is in use/);
});

test('a state directory that another server uses', async () => {
  const first = await start();
  await expect(startController(first.stateDir)).rejects.toThrow(/in use by another server/);
  await stillServes(first);
});

test('a state directory that cannot be written', async () => {
  const file = join(newStateDir(), 'file');
  writeFileSync(file, '');
  await expect(startController(file)).rejects.toThrow(/-statedir .* cannot be written/);
});

test('a register that was cut short is refused, and not one byte of it is changed', async () => {
  const controller = await start();
  await new MeshNode('a').join(controller);
  await running.splice(0)[0]?.stop();
  const path = join(controller.stateDir, 'register.db');
  truncateSync(path, readFileSync(path).length - 4096);
  const before = readFileSync(path);
  await expect(startController(controller.stateDir)).rejects.toThrow(/damaged/);
  expect(readFileSync(path)).toEqual(before);
});

test('a key that is missing or foreign is refused', async () => {
  const controller = await start();
  await running.splice(0)[0]?.stop();
  writeFileSync(join(controller.stateDir, 'authority.key'), 'no key');
  await expect(startController(controller.stateDir)).rejects.toThrow(
    /authority\.key cannot be used/,
  );
});

test('pools that do not hold the nodes are refused', async () => {
  const controller = await start();
  await new MeshNode('a').join(controller);
  await running.splice(0)[0]?.stop();
  const other = ['-assignaddress', 'fd00:abcd::/48,10.64.0.0/12'];
  await expect(startController(controller.stateDir, other)).rejects.toThrow(/-assignaddress/);
  await start(controller.stateDir);
});

test('a pool that is used up', async () => {
  const pools = ['-open', '-assignaddress', 'fd00:abcd::/48,10.64.0.0/30'];
  const controller = await start(newStateDir(), pools);
  await new MeshNode('a').join(controller);
  await new MeshNode('b').join(controller);
  await expect(new MeshNode('c').join(controller)).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
  });
});

const runProgram = async (argv: readonly string[]): Promise<{ exit: number; err: string }> => {
  const server = spawn(process.execPath, ['server/cli.ts', ...argv], { env: {} });
  let err = '';
  server.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const [exit] = (await once(server, 'close')) as [number];
  return { exit, err };
};

test.each([
  [['-lisen', 'x'], /did you mean -listen/],
  [['-wgaddress', '10.0.0.0/8,10.1.0.0/16'], /overlap|IPv6/],
  [['-listen', 'nowhere'], /-listen "nowhere"/],
])('flags %j: one line and status 2, before anything is touched', async (argv, message) => {
  const stateDir = join(newStateDir(), 'never');
  const server = await runProgram([...argv, '-statedir', stateDir]);
  expect(server.exit).toBe(2);
  expect(server.err).toMatch(message);
  expect(server.err.trim().split('\n')).toHaveLength(1);
  expect(() => readFileSync(stateDir)).toThrow(/ENOENT/);
});

test('SIGTERM with open streams: they end, and the exit status is 0', async () => {
  const stateDir = newStateDir();
  const flags = ['-listen', '[::1]:0', '-http', 'off', '-open', '-statedir', stateDir];
  const server = spawn(process.execPath, ['server/cli.ts', ...flags], { env: {} });
  let log = '';
  while (!log.includes('-open: EVERY')) {
    const [text] = (await once(server.stderr, 'data')) as [Buffer];
    log += text.toString();
  }
  const address = /address=(\[::1\]:\d+)/.exec(log)?.[1] ?? '';
  const authority = readFileSync(join(stateDir, 'authority.pem'), 'utf8');
  const node = new MeshNode('a');
  await node.join({ address, authority });
  await node.watch({ address, authority });
  await node.until(() => node.peers.size === 1);
  server.kill('SIGTERM');
  const [exit] = (await once(server, 'exit')) as [number];
  expect(exit).toBe(0);
  await node.until(() => node.ended !== undefined);
  expect(node.ended?.code).toBe(status.UNAVAILABLE);
  node.leave();
});
