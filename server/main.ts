// The controller: puts the rooms together, runs until it is told to stop.
import tls from 'node:tls';
import { join } from 'node:path';
import { createLineLog } from '../shared/log/line-log.ts';
import type { Log } from '../shared/log/log.ts';
import { printRevision } from '../shared/mesh/revision.ts';
import { programVersion } from '../shared/version.ts';
import { fingerprintOf, newServerLeaf } from './auth/authority.ts';
import { createCallerChecks } from './auth/caller.ts';
import { keyFileNames, KeyFileError, loadKeys, type ControllerKeys } from './auth/key-files.ts';
import { serverStartFrom, type ServerConfig } from './config.ts';
import { Hub } from './hub/hub.ts';
import { openRegister } from './open-register.ts';
import { eventCodec } from './rpc/event-codec.ts';
import { printListenAddress } from './rpc/listen.ts';
import { serveRpc, type Serving } from './rpc/serve-rpc.ts';
import { prepareStateDir } from './state-dir.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import { StoreError, type Store } from './store/store.ts';
import { systemClock } from './system-clock.ts';

/** Resolves to the exit status: 0 stopped as asked, 1 could not run, 2 wrong flags. */
export const runServer = async (argv: readonly string[]): Promise<number> => {
  const start = serverStartFrom(argv, process.env);
  switch (start.kind) {
    case 'help':
      process.stdout.write(start.text);
      return 0;
    case 'version':
      process.stdout.write(`${programVersion}\n`);
      return 0;
    case 'complaints':
      for (const complaint of start.complaints) complain(complaint);
      return 2;
    case 'run':
      return serveUntilStopped(start.config);
  }
};

const serveUntilStopped = async (config: ServerConfig): Promise<number> => {
  const stopAsked = stopSignal();
  const prepared = await prepareStateDir(config.stateDir);
  if (!prepared.ok) return complain(prepared.reason);
  let store: Store | undefined;
  try {
    store = await openSqliteStore(join(config.stateDir, 'register.db'));
    return await serveFrom(store, config, stopAsked);
  } catch (fault) {
    if (fault instanceof StoreError || fault instanceof KeyFileError)
      return complain(fault.message);
    throw fault;
  } finally {
    await store?.close();
  }
};

const serveFrom = async (
  store: Store,
  config: ServerConfig,
  stopAsked: Promise<string>,
): Promise<number> => {
  const log = logFor(config);
  const keys = await loadKeys(config.stateDir);
  const register = await openRegister(store, config.settings);
  if (!register.ok) return complain(register.reason);
  const { open } = config;
  const hub = new Hub({
    ...{ register: register.value, store, open },
    clock: systemClock,
    codec: eventCodec(),
  });
  const serving = await startRpc({ config, hub, keys, log });
  if (!serving.ok) return complain(serving.reason);
  announce(config, { log, keys, serving: serving.value, hub });
  log.info(`stopping: ${await stopAsked}`);
  serving.value.close();
  await hub.close();
  return 0;
};

interface Parts {
  readonly config: ServerConfig;
  readonly hub: Hub;
  readonly keys: ControllerKeys;
  readonly log: Log;
}

const startRpc = async ({ config, hub, keys, log }: Parts): ReturnType<typeof serveRpc> => {
  tls.DEFAULT_MIN_VERSION = 'TLSv1.3';
  const leaf = await newServerLeaf(keys.authority);
  return serveRpc(
    {
      ...{ hub, log, open: config.open, clock: systemClock, startedAtMs: systemClock.now() },
      checks: createCallerChecks(systemClock, keys.adminToken),
      counters: { joined: () => undefined, refused: () => undefined },
    },
    {
      address: config.listen,
      tls: {
        certificateChain: `${leaf.certificate}\n${keys.authority.certificate}`,
        privateKey: leaf.key.reveal(),
      },
    },
  );
};

interface Started {
  readonly log: Log;
  readonly keys: ControllerKeys;
  readonly serving: Serving;
  readonly hub: Hub;
}

const announce = (config: ServerConfig, { log, keys, serving, hub }: Started): void => {
  const register = hub.register();
  log.info('listening', {
    address: printListenAddress(serving.address),
    version: programVersion,
    revision: printRevision(register.revision),
    count: register.nodes.size,
  });
  log.info(`authority's fingerprint: SHA-256 ${fingerprintOf(keys.authority.certificate)}`, {
    path: join(config.stateDir, keyFileNames.authority),
  });
  if (config.open) {
    log.warn('-open: EVERY node that reaches this controller is admitted; for labs only');
  } else {
    log.info('known nodes are admitted, newcomers are refused; -open admits everybody');
  }
};

const logFor = ({ logLevel, logFormat }: ServerConfig): Log =>
  createLineLog({
    level: logLevel,
    format: logFormat,
    now: () => systemClock.now(),
    write: (line) => {
      process.stderr.write(line);
    },
  });

const stopSignal = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });

/** One line, and the exit status of a server that could not run. */
const complain = (reason: string): number => {
  process.stderr.write(`server: ${reason}\n`);
  return 1;
};
