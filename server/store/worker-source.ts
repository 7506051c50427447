// Where the worker's program is: a file beside this one, or an asset of the single executable.
import { getAsset, isSea } from 'node:sea';
import { Worker } from 'node:worker_threads';
import type { WorkerStart } from './worker-protocol.ts';

// node:sqlite says that it is experimental on every start: of no use to an operator.
const execArgv = ['--disable-warning=ExperimentalWarning'];

export const startSqliteWorker = (workerData: WorkerStart): Worker =>
  isSea()
    ? new Worker(getAsset('sqlite-worker.js', 'utf8'), { eval: true, workerData, execArgv })
    : new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData, execArgv });
