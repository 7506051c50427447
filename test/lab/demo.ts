// `make demo`: a whole mesh on this machine, in its kernel or a guest; stays up on a terminal, else checks and tells.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bootAndRun } from './boot.ts';
import { chooseKernel, describeKernel } from './kernel.ts';

const stays =
  process.stdin.isTTY && process.stdout.isTTY && !['1', 'true'].includes(process.env['ONCE'] ?? '');

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    process.stdout.write('\ndemo: ending, everything of it is removed\n');
    interrupted.abort();
  });

/** A guest's console makes the terminal raw, so that a line end alone would not go back to column one. */
const show = (text: string): void => {
  const plain = text.replaceAll('\r\n', '\n');
  process.stdout.write(stays ? plain.replaceAll('\n', '\r\n') : plain);
};

const main = async (): Promise<number> => {
  const kernel = chooseKernel();
  process.stdout.write(`demo: a mesh of four nodes on ${describeKernel(kernel)}\n`);
  const booted = await bootAndRun({
    kernel,
    command: [process.execPath, join(import.meta.dirname, 'demo-inside.ts')],
    environment: { LAB_STAY: stays ? '1' : '0', TERM: process.env['TERM'] ?? 'dumb' },
    memoryMb: 5200,
    timeLimitMs: stays ? 12 * 3_600_000 : 900_000,
    onOutput: show,
    signal: interrupted.signal,
    interactive: stays,
  });
  if (stays) spawnSync('stty', ['sane'], { stdio: 'inherit' });
  if (interrupted.signal.aborted) return 130;
  if (booted.status <= 1) return booted.status;
  const why = booted.status === 124 ? 'it was not ready in time' : 'its system ended unasked';
  process.stdout.write(`${booted.kernelLog.slice(-2000)}\ndemo: failed: ${why}\n`);
  return 1;
};

process.exitCode = await main();
