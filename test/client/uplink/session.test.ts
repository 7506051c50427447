// A session is bound to one certificate: whoever shows another one is not spoken to.
import { connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { joinRequestFor } from '../../../client/uplink/admission.ts';
import { openSession } from '../../../client/uplink/session.ts';
import { chunk, controllerOf, givenFor, runUplink, self, stopAll } from './setup.ts';

const servers: Server[] = [];

afterEach(async () => {
  await stopAll();
  for (const server of servers.splice(0)) server.close();
});

const sessionAt = (address: string): ReturnType<typeof openSession> =>
  openSession({ address, name: self.name, prove: () => Promise.resolve('proof') });

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

describe('an uplink', () => {
  it('stops at once, also while a controller does not say a word', async () => {
    const silent = createServer(() => undefined);
    servers.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const connected = new Promise((resolve) => silent.once('connection', resolve));
    const { uplink } = runUplink([`127.0.0.1:${portOf(silent)}`]);
    await connected;
    await stopAll();
    expect(uplink.connected).toBe(false);
  });
});

describe('a session', () => {
  it('says nothing more to a server that shows another certificate', async () => {
    const controller = await controllerOf(chunk([self]));
    const session = sessionAt(controller.address);
    expect((await session.hello()).ok).toBe(true);
    controller.stop();
    await controller.listen();
    const joined = await session.join(joinRequestFor(givenFor([]), self.endpoints), false);
    session.close();
    expect(joined.ok || joined.kind === 'refused' ? '' : joined.reason).toMatch(
      /another certificate|ECONN|closed|dropped/,
    );
    expect(controller.joins).toHaveLength(0);
  });

  it('finds somebody who ends TLS in the middle: the proof is for another certificate', async () => {
    const [victim, middle] = [await controllerOf(chunk([self])), await controllerOf(chunk([self]))];
    middle.relaysHelloOf(victim);
    const session = sessionAt(middle.address);
    const hello = await session.hello();
    session.close();
    expect(hello.ok ? '' : hello).toMatchObject({
      kind: 'untrusted',
      reason: expect.stringContaining('somebody stands between') as string,
    });
  });

  it('passes through somebody who only forwards bytes', async () => {
    const controller = await controllerOf(chunk([self]));
    const forwarder = createServer((near) => {
      const far = connect(Number(controller.address.split(':').at(-1)), '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const end of [near, far]) end.on('error', () => near.destroy());
    });
    servers.push(forwarder);
    await new Promise<void>((resolve) => forwarder.listen(0, '127.0.0.1', resolve));
    const session = sessionAt(`127.0.0.1:${portOf(forwarder)}`);
    const hello = await session.hello();
    session.close();
    expect(hello.ok).toBe(true);
  });

  it('that was closed says so to who watches or joins then', async () => {
    const controller = await controllerOf(chunk([self]));
    const session = sessionAt(controller.address);
    await session.hello();
    session.close();
    const ended = await new Promise((onEnd) => {
      session.watch({ resumeFrom: undefined, onEvent: () => undefined, onEnd });
    });
    const joined = await session.join(joinRequestFor(givenFor([]), self.endpoints), false);
    const closed = { ok: false, kind: 'unreachable', reason: 'the connection was closed' };
    expect([ended, joined]).toEqual([closed, closed]);
  });

  it('is none with a server that is no controller', async () => {
    const plain = createServer((socket) => socket.end('hello\r\n'));
    servers.push(plain);
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const session = sessionAt(`127.0.0.1:${portOf(plain)}`);
    const hello = await session.hello();
    session.close();
    expect(hello).toMatchObject({ ok: false, kind: 'unreachable' });
  });
});
