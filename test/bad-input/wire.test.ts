// Garbage at the controller's door: it is turned away with a reason, and the next good call is answered.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MeshNode, type Place } from '../mesh/node.ts';
import { newPlace, removePlaces, runServer, type Running } from './programs.ts';

const stateDir = join(newPlace(), 'state');
let server: Running;
let place: Place;
let port: number;

const open = ['-listen', '[::1]:0', '-open'];

const placeOf = ({ address }: Running, directory: string): Place => ({
  address,
  authority: readFileSync(join(directory, 'authority.pem'), 'utf8'),
});

beforeAll(async () => {
  server = await runServer([...open, '-statedir', stateDir]);
  place = placeOf(server, stateDir);
  port = Number(/\d+$/.exec(server.address)?.[0]);
});

const before = new MeshNode('before');

afterEach(async () => {
  const again = await before.join(place);
  expect(again.self?.name).toBe('before');
});

afterAll(async () => {
  await server.stop();
  removePlaces();
});

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve();
    });
    socket.resume();
  });

/** One call, byte for byte as given. */
const post = (path: string, body: Buffer): Promise<IncomingHttpHeaders> => {
  const session = connectHttp2(`https://[::1]:${String(port)}`, {
    ca: place.authority,
    servername: 'meshover-controller',
  });
  return new Promise<IncomingHttpHeaders>((resolve, reject) => {
    session.on('error', reject);
    const call = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let last: IncomingHttpHeaders = {};
    call.on('response', (headers: IncomingHttpHeaders) => (last = { ...last, ...headers }));
    call.on('trailers', (headers: IncomingHttpHeaders) => (last = { ...last, ...headers }));
    call.on('error', reject);
    call.on('close', () => {
      resolve(last);
    });
    call.resume();
    call.end(body);
  }).finally(() => {
    session.close();
  });
};

const framed = (message: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};

const joinPath = '/meshover.v1.Joining/Join';

describe('bytes', () => {
  test('random ones in place of TLS end their connection', async () => {
    const socket = connectTcp({ host: '::1', port });
    const gone = closed(socket);
    socket.end(randomBytes(4096));
    await gone;
    expect(socket.destroyed).toBe(true);
  });

  test('random ones within TLS end their connection', async () => {
    const options = { ca: place.authority, servername: 'meshover-controller' };
    const socket = connectTls({ host: '::1', port, ALPNProtocols: ['h2'], ...options });
    const gone = closed(socket);
    socket.end(randomBytes(4096));
    await gone;
    expect(socket.destroyed).toBe(true);
  });

  test.each([
    ['a garbled protobuf', framed(Buffer.from('ffffffffffffffffffffff', 'hex'))],
    ['a field that ends before its length', framed(Buffer.from('0aff', 'hex'))],
    ['a frame that ends before its length', framed(Buffer.alloc(100)).subarray(0, 50)],
    ['no frame at all', Buffer.alloc(0)],
  ])('%s is answered with a status', async (_, body) => {
    const headers = await post(joinPath, body);
    expect(Number(headers['grpc-status'])).toBeGreaterThan(0);
    expect(headers['grpc-message']).toMatch(/^\S.{5,300}$/);
  });

  test('a call that does not exist is answered with a status', async () => {
    const headers = await post('/meshover.v1.Joining/Enter', framed(Buffer.alloc(0)));
    expect(Number(headers['grpc-status'])).toBe(status.UNIMPLEMENTED);
  });

  test('a join of 5 MiB is too large', async () => {
    const node = new MeshNode('large');
    await expect(node.join(place, { token: 'x'.repeat(5 * 1024 * 1024) })).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: expect.stringContaining('larger than max') as string,
    });
  });
});

describe('a well-formed join that says nonsense', () => {
  test.each([
    ['an empty name', 'x', { name: '' }, 'is not a hostname'],
    ['a malformed name', 'a_b', {}, 'is not a hostname'],
    ['a name in other case', 'Before', {}, 'names are lower case: use -hostname before'],
    ['a WireGuard key too short', 'x', { wireguardKey: Buffer.alloc(31, 1) }, 'key'],
    ['an identity key too short', 'x', { identityKey: Buffer.alloc(31, 1) }, 'key'],
    ['a malformed endpoint', 'x', { endpoints: ['here'] }, 'write it like [2001:db8::1]:51820'],
    ['a malformed prefix', 'x', { advertise: ['10.0.0.0/99'] }, 'prefix length over 32'],
    ['the range of everybody', 'x', { advertise: ['fd00:beef:beef::/48'] }, 'fd00:beef:beef::/48'],
  ])('%s', async (...[, name, changes, expected]) => {
    const node = new MeshNode(name);
    await expect(node.join(place, changes)).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining(expected) as string,
    });
  });

  test('the name of another node', async () => {
    await expect(new MeshNode('before').join(place)).rejects.toMatchObject({
      code: status.ALREADY_EXISTS,
      details: expect.stringContaining('meshoverctl remove before') as string,
    });
  });
});

test('exhausted pools: the newcomer is told which, those inside keep their place', async () => {
  const directory = join(newPlace(), 'state');
  const argv = ['-wgaddress', 'fd01::/126,10.1.0.0/30', '-statedir', directory];
  const small = await runServer([...open, ...argv]);
  const inside = new MeshNode('inside');
  const smallPlace = placeOf(small, directory);
  const { self } = await inside.join(smallPlace);
  const newcomers = Array.from({ length: 4 }, (_, i) => new MeshNode(`n${String(i)}`));
  const last = await Promise.allSettled(newcomers.map((node) => node.join(smallPlace)));
  const refusals = last.flatMap((each) =>
    each.status === 'rejected' ? [each.reason as unknown] : [],
  );
  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: expect.stringContaining('-wgaddress') as string,
    });
  }
  expect((await inside.join(smallPlace)).self).toEqual(self);
  await small.stop();
});
