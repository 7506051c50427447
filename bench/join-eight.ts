// Boots the lab and lets eight nodes join at once (bench/inside/join-eight.ts).
import { join } from 'node:path';
import { bootAndRun } from '../test/lab/boot.ts';
import { chooseKernel } from '../test/lab/kernel.ts';

const booted = await bootAndRun({
  kernel: chooseKernel(),
  command: [process.execPath, join(import.meta.dirname, 'inside', 'join-eight.ts')],
  memoryMb: 9_000,
  timeLimitMs: 900_000,
  onOutput: (text) => process.stdout.write(text),
});
process.exitCode = booted.status;
