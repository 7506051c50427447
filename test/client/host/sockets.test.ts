// Listening sockets of this network namespace and the processes that hold them.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { hostSockets } from '../../../client/host/sockets.ts';

test.each(['127.0.0.1', '::1'])(
  'a listener at %s is named, and gone when it ends',
  async (host) => {
    const server = createServer().listen({ host, port: 0 });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [holder, ...others] = await hostSockets.listeners(port);
    expect(others).toEqual([]);
    expect(holder?.pid).toBe(process.pid);
    expect(holder?.program).toBe('node');
    expect(holder?.mounts.get('/')).toBeDefined();
    server.close();
    await once(server, 'close');
    expect(await hostSockets.listeners(port)).toEqual([]);
  },
);
