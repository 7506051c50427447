// A controller that dies after the first admission is on disk and before anybody is told: run as a program.
import { Worker } from 'node:worker_threads';
import { runServer } from '../../server/main.ts';

interface Ask {
  readonly kind: string;
  readonly events?: readonly { readonly value: string }[];
}

interface Patched {
  postMessage: (this: Worker, ask: Ask) => void;
  emit: (this: Worker, word: string, ...rest: unknown[]) => boolean;
}

const prototype = Worker.prototype as unknown as Patched;
const { postMessage, emit } = prototype;
let admits = false;

prototype.postMessage = function (ask) {
  if (ask.events?.some(({ value }) => value.includes('node-joined')) === true) admits = true;
  postMessage.call(this, ask);
};

// The worker's next message is the word that the admission is durable.
prototype.emit = function (word, ...rest) {
  if (admits && word === 'message') process.kill(process.pid, 'SIGKILL');
  return emit.call(this, word, ...rest);
};

process.exitCode = await runServer(process.argv.slice(2));
