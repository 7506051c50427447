// The WireGuard row: sets the device and its peers with wg(8), and starts wireguard-go where asked.
import type { Clock } from '../../shared/clock/clock.ts';
import type { WireGuardLink } from '../desired/desired.ts';
import type { KernelHost } from '../host/ports.ts';
import { appliedEndpointsPath, readAppliedEndpoints } from '../observe/memory.ts';
import type { WireGuardPeerStep, WireGuardStep } from '../plan/step.ts';

/** Undefined, or what went wrong. */
export const applyDevice = async (
  step: WireGuardStep,
  host: KernelHost,
): Promise<string | undefined> => {
  const device = step.new;
  if (device === undefined) return undefined;
  const { interface: name, listenPort, fwmark } = device;
  // wg opens its key by path, and a child's standard input is a socket that cannot be opened so.
  const keyPath = `${host.stateDir}/${name}.key`;
  await host.files.write(keyPath, `${device.privateKey.reveal()}\n`, 0o600);
  try {
    return await run(host, [
      ...['wg', 'set', name, 'private-key', keyPath],
      ...['listen-port', String(listenPort), 'fwmark', String(fwmark)],
    ]);
  } finally {
    await host.files.remove(keyPath);
  }
};

/** Peers in one command; the limit keeps it well under what the kernel takes as arguments. */
const peersPerCommand = 500;

/** Error of each failed step, by step id. */
export const applyPeers = async (
  steps: readonly WireGuardPeerStep[],
  host: KernelHost,
): Promise<ReadonlyMap<string, string>> => {
  const errors = new Map<string, string>();
  for (let at = 0; at < steps.length; at += peersPerCommand) {
    const some = steps.slice(at, at + peersPerCommand);
    const error = await run(host, argvFor(some));
    if (error === undefined) continue;
    for (const step of some) {
      const own = some.length === 1 ? error : await run(host, argvFor([step]));
      if (own !== undefined) errors.set(step.id, own);
    }
  }
  await rememberEndpoints(
    steps.filter(({ id }) => !errors.has(id)),
    host,
  );
  return errors;
};

const argvFor = (steps: readonly WireGuardPeerStep[]): readonly string[] => {
  const [first] = steps;
  const name = first?.new?.interface ?? first?.old?.interface ?? '';
  return ['wg', 'set', name, ...steps.flatMap(peerWords)];
};

const peerWords = ({ key, new: peer }: WireGuardPeerStep): readonly string[] => {
  if (peer === undefined) return ['peer', key, 'remove'];
  return [
    ...['peer', key],
    ...(peer.endpoint === undefined ? [] : ['endpoint', peer.endpoint]),
    ...['persistent-keepalive', String(peer.keepaliveSeconds)],
    ...['allowed-ips', peer.allowedIps.join(',')],
  ];
};

const rememberEndpoints = async (
  done: readonly WireGuardPeerStep[],
  { files, stateDir }: KernelHost,
): Promise<void> => {
  if (done.length === 0) return;
  const known = new Map(
    (await readAppliedEndpoints(files, stateDir)).map((entry) => [entry.publicKey, entry]),
  );
  for (const { old, new: peer } of done) {
    if (peer?.endpoint !== undefined) {
      known.set(peer.publicKey, { publicKey: peer.publicKey, endpoint: peer.endpoint });
    }
    if (peer === undefined && old !== undefined) known.delete(old.publicKey);
  }
  const text = `${JSON.stringify([...known.values()])}\n`;
  await files.write(appliedEndpointsPath(stateDir), text, 0o600);
};

const startDeadlineMs = 10_000;
const pollMs = 20;

/** Starts wireguard-go, which outlives the agent, and waits until it answers. */
export const startUserspace = async (
  { name }: WireGuardLink,
  host: KernelHost,
): Promise<string | undefined> => {
  const missing = await run(host, ['wireguard-go', '--version']);
  if (missing !== undefined) return missing;
  await host.commands.startDetached(
    // Where the kernel has WireGuard too, wireguard-go starts only with this word.
    ['env', 'WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1', 'wireguard-go', '-f', name],
    `${host.stateDir}/wireguard-go.log`,
  );
  const deadline = host.clock.now() + startDeadlineMs;
  for (;;) {
    const error = await run(host, ['wg', 'show', name, 'listen-port']);
    if (error === undefined) return undefined;
    if (host.clock.now() > deadline) {
      return (
        `wireguard-go did not make ${name} within ${String(startDeadlineMs / 1000)} s: see ` +
        `${host.stateDir}/wireguard-go.log (is the package wireguard-go installed, and /dev/net/tun there?)`
      );
    }
    await pause(host.clock, pollMs);
  }
};

const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

const run = async (host: KernelHost, argv: readonly string[]): Promise<string | undefined> => {
  const result = await host.commands.run(argv);
  return result.code === 0
    ? undefined
    : result.stderr.trim() || `${argv.slice(0, 3).join(' ')} ended with ${String(result.code)}`;
};
