// The HTTP listener keeps answering while others hold connections and say nothing.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveHttp, type ServingHttp } from '../../../server/http/serve-http.ts';
import { silentLog } from '../../../shared/log/log.ts';
import { valueOf } from '../register/requests.ts';

let http: ServingHttp;
const sockets: Socket[] = [];

beforeAll(async () => {
  const metrics = { contentType: 'text/plain', text: () => Promise.resolve('up 1\n') };
  const address = { host: '127.0.0.1', port: 0 };
  http = valueOf(await serveHttp({ address, metrics, log: silentLog }));
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  http.close();
});

const open = async (): Promise<Socket> => {
  const socket = connect(http.address);
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`http://127.0.0.1:${String(http.address.port)}${path}`, init);

test('a thousand silent connections: the oldest go, and a scrape is answered', async () => {
  const silent: Socket[] = [];
  for (let i = 0; i < 1000; i++) silent.push(await open());
  const [first] = silent;
  expect(await (await get('/metrics')).text()).toBe('up 1\n');
  if (first?.closed === false) await once(first.resume(), 'close');
  expect(silent.filter((socket) => socket.closed).length).toBeGreaterThan(500);
});

test('a request that is begun and not finished is ended', async () => {
  const socket = await open();
  socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
});

test('headers without end are refused', async () => {
  const answer = await get('/metrics', { headers: { 'x-a': 'x'.repeat(20_000) } });
  expect(answer.status).toBe(431);
});
