// Puts the controller's rooms together and opens its doors.
import tls from 'node:tls';
import { join } from 'node:path';
import type { Clock } from '../shared/clock/clock.ts';
import type { Log } from '../shared/log/log.ts';
import { printRevision } from '../shared/mesh/revision.ts';
import { malformed, parsed, type Parsed } from '../shared/outcome/parsed.ts';
import { registerFingerprint } from '../shared/trust/fingerprint.ts';
import { registerKeyOf } from '../shared/trust/signed.ts';
import { programVersion } from '../shared/version.ts';
import { certificateHashOf, fingerprintOf } from './auth/authority.ts';
import { createCallerChecks } from './auth/caller.ts';
import { keyFileNames, KeyFileError, loadKeys, type ControllerKeys } from './auth/key-files.ts';
import { tlsIdentityFor } from './auth/tls-identity.ts';
import type { ListenAddress, ServerConfig } from './config.ts';
import { usualLimits, type Limits } from './door/limits.ts';
import { Hub } from './hub/hub.ts';
import { serveHttp, type ServingHttp } from './http/serve-http.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { openRegister } from './open-register.ts';
import { eventCodec } from './rpc/event-codec.ts';
import { printListenAddress } from './rpc/listen.ts';
import { serveRpc } from './rpc/serve-rpc.ts';
import { prepareStateDir, registerFileIn } from './state-dir.ts';
import { withMark, type MarkedStore } from './store/mark.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import { StoreError } from './store/store.ts';

export interface StartGiven {
  /** Shows what is for a person's eyes and for no log; absent where nobody looks. */
  readonly showOnce?: (text: string) => void;
  readonly config: ServerConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Limits;
}

export interface RunningServer {
  readonly address: ListenAddress;
  readonly http: ListenAddress | undefined;
  /** Ends all streams; resolves when all that was promised is on disk. */
  stop(): Promise<void>;
}

/** The reason of a failed start says what an operator does about it. */
export const startServer = async (given: StartGiven): Promise<Parsed<RunningServer>> => {
  const prepared = await prepareStateDir(given.config.stateDir);
  if (!prepared.ok) return prepared;
  const { config, log } = given;
  const path = registerFileIn(config.stateDir, config.newRegister);
  if (!path.ok) return path;
  let store: MarkedStore | undefined;
  try {
    const marked = { path: path.value, anew: config.newRegister, log };
    store = withMark(await openSqliteStore(path.value), marked);
    const running = await startWith(store, given);
    if (!running.ok) await store.close();
    return running;
  } catch (fault) {
    await store?.close();
    if (fault instanceof StoreError || fault instanceof KeyFileError) {
      return malformed(fault.message);
    }
    throw fault;
  }
};

const startWith = async (store: MarkedStore, given: StartGiven): Promise<Parsed<RunningServer>> => {
  const { config, clock, log } = given;
  const keys = await loadKeys(config.stateDir);
  const key = keys.registerKey;
  const act = { who: 'controller', atMs: clock.now(), key };
  const register = await openRegister(store, { ...config, act, log });
  if (!register.ok) return register;
  const hub = new Hub({ register: register.value, store, clock, codec: eventCodec(), key, log });
  const metrics = createMetrics({ state: hub, now: () => clock.now() });
  const http = await startHttp(given, metrics);
  if (!http.ok) return http;
  const rpc = await startRpc(given, { hub, keys, metrics, store });
  if (!rpc.ok) {
    http.value?.close();
    return rpc;
  }
  announce(given, { hub, keys, rpc: rpc.value.address, http: http.value?.address });
  return parsed({
    address: rpc.value.address,
    http: http.value?.address,
    stop: async () => {
      http.value?.close();
      rpc.value.close();
      await hub.close();
      await store.close();
    },
  });
};

interface Parts {
  readonly hub: Hub;
  readonly keys: ControllerKeys;
}

const startHttp = async (
  { config, log }: StartGiven,
  metrics: Metrics,
): Promise<Parsed<ServingHttp | undefined>> =>
  config.http === undefined ? parsed(undefined) : serveHttp({ address: config.http, metrics, log });

const startRpc = async (
  { config, clock, log, limits = usualLimits }: StartGiven,
  { hub, keys, metrics, store }: Parts & { readonly metrics: Metrics; readonly store: MarkedStore },
): ReturnType<typeof serveRpc> => {
  tls.DEFAULT_MIN_VERSION = 'TLSv1.3';
  const shown = await tlsIdentityFor(config, keys.authority);
  if (!shown.ok) return shown;
  return serveRpc(
    {
      ...{ hub, log, clock, open: config.open, startedAtMs: clock.now() },
      identity: {
        registerKey: registerKeyOf(keys.registerKey),
        signingKey: keys.registerKey,
        certificateHash: certificateHashOf(shown.value.certificateChain),
      },
      checks: createCallerChecks(clock, keys.adminToken),
      counters: metrics,
      auditLog: store,
    },
    { address: config.listen, limits, tls: shown.value },
  );
};

interface Addresses {
  readonly rpc: ListenAddress;
  readonly http: ListenAddress | undefined;
}

const announce = (
  { config, log, showOnce }: StartGiven,
  { hub, keys, rpc, http }: Parts & Addresses,
): void => {
  const register = hub.register();
  log.info('listening', {
    address: printListenAddress(rpc),
    version: programVersion,
    revision: printRevision(register.revision),
    count: register.nodes.size,
  });
  if (http !== undefined) {
    log.info('serving /metrics and /healthz', { address: printListenAddress(http) });
  }
  log.info(`register key: ${registerFingerprint(registerKeyOf(keys.registerKey))}`, {
    path: join(config.stateDir, keyFileNames.registerKey),
  });
  log.debug(
    `authority of the TLS certificate: SHA-256 ${fingerprintOf(keys.authority.certificate)}`,
    {
      path: join(config.stateDir, keyFileNames.authority),
    },
  );
  if (keys.isFirstStart) {
    const path = join(config.stateDir, keyFileNames.adminToken);
    log.info('an admin token was made; meshoverctl reads it with -token-file', { path });
    showOnce?.(`admin token (shown this once, kept in ${path}): ${keys.adminToken.reveal()}\n`);
  }
  if (config.open) {
    log.warn('-open: EVERY node that reaches this controller is admitted; for labs only');
  } else {
    log.info(
      'newcomers need a join token (meshoverctl token create) or an approval (meshoverctl approve)',
    );
  }
};
