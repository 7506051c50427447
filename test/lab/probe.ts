// Tries TCP ports of an address and prints how each ended: open, refused, silent, or the error's code.
import { connect } from 'node:net';

/** Nobody who is there takes this long, in a guest either. */
const silentMs = 5_000;
const atOnce = 64;

const portsFrom = (text: string): readonly number[] =>
  text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });

const wordFor = (code: string | undefined): string =>
  code === 'ECONNREFUSED' ? 'refused' : code === 'ETIMEDOUT' ? 'silent' : (code ?? 'error');

const tryPort = (host: string, port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (word: string): void => {
      socket.destroy();
      resolve(word);
    };
    socket.setTimeout(silentMs, () => {
      end('silent');
    });
    socket.once('connect', () => {
      end('open');
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      end(wordFor(code));
    });
  });

const [host = '::1', text = ''] = process.argv.slice(2);
const waiting = [...portsFrom(text)];
const worker = async (): Promise<void> => {
  for (let port = waiting.shift(); port !== undefined; port = waiting.shift())
    process.stdout.write(`${port} ${await tryPort(host, port)}\n`);
};
await Promise.all(Array.from({ length: atOnce }, worker));
