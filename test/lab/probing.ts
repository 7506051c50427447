// Probes of one host's TCP ports from another, and listeners to be found by them.
import { join } from 'node:path';
import type { Host, Running } from './host.ts';
import { waitFor } from './wait-for.ts';

/** Port → "open", "refused", "silent" or an error's code. */
export type Probed = ReadonlyMap<number, string>;

/** `ports` such as "1-1024,2605"; a link-local address has its zone. */
export const probe = async (from: Host, address: string, ports: string): Promise<Probed> => {
  const script = join(import.meta.dirname, 'probe.ts');
  const printed = await from.must([process.execPath, script, address, ports], {
    timeoutMs: 180_000,
  });
  return new Map(
    printed
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([port, word = '']) => [Number(port), word]),
  );
};

export const portsThatAre = (word: string, probed: Probed): readonly number[] =>
  [...probed].flatMap(([port, each]) => (each === word ? [port] : [])).sort((a, b) => a - b);

/** Takes connections at every address of the host. */
export const listenOn = async (host: Host, port: number): Promise<Running> => {
  const script =
    "require('node:net').createServer((socket) => socket.on('error', () => 0).end())" +
    `.listen(${port}, '::', () => console.log('listening'))`;
  const listener = host.start(`listener-${port}`, [process.execPath, '-e', script]);
  await waitFor({ what: `a listener on ${host.name}`, deadlineMs: 30_000 }, () =>
    listener.output().includes('listening') ? true : listener.output(),
  );
  return listener;
};
