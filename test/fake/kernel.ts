// A strict small fake kernel behind the agent's ports; the real one passes the same stories.
import type { CommandOptions, CommandResult, KernelHost } from '../../client/host/ports.ts';
import type { KernelUnderTest } from '../contract/kernel.ts';
import { answerTo, dumpOf } from './kernel-answers.ts';
import { runLine } from './kernel-lines.ts';
import { runNft } from './kernel-nft.ts';
import { done, failed } from './kernel-verdict.ts';
import { FakeKernelState, type FakeDevice } from './kernel-state.ts';
import { wireguardKeyFixture } from './view.ts';

export interface FakeKernel extends KernelUnderTest {
  readonly state: FakeKernelState;
  readonly files: Map<string, string>;
  /** Unix seconds. */
  readonly time: { now: number };
}

export const fakeKernel = (): FakeKernel => {
  const state = new FakeKernelState();
  const files = new Map<string, string>();
  const time = { now: 1_800_000_000 };
  const run = (argv: readonly string[], options: CommandOptions = {}): CommandResult =>
    runCommand({ state, files }, argv, options.stdin ?? '');
  const must = (argv: readonly string[], stdin = ''): Promise<void> => {
    const result = run(argv, { stdin });
    return result.code === 0 ? Promise.resolve() : Promise.reject(new Error(result.stderr));
  };
  return {
    state,
    files,
    time,
    host: hostOn({ state, files, time, run }),
    ip: (family, ...lines) =>
      must(['ip', `-${String(family)}`, '-batch', '-'], `${lines.join('\n')}\n`),
    wg: (...words) => must(['wg', 'set', 'mo-wg', ...words]),
    nft: (line) => must(['nft', '-f', '-'], `${line}\n`),
  };
};

interface Insides {
  readonly state: FakeKernelState;
  readonly files: Map<string, string>;
}

const hostOn = (
  inside: Insides & {
    readonly time: { now: number };
    readonly run: (argv: readonly string[], options?: CommandOptions) => CommandResult;
  },
): KernelHost => ({
  stateDir: '/state',
  clock: { now: () => inside.time.now * 1000, after: () => () => undefined },
  commands: {
    run: (argv, options) => Promise.resolve(inside.run(argv, options)),
    startDetached: () => Promise.reject(new Error('the fake kernel starts no programs')),
    follow: () => () => undefined,
  },
  files: {
    read: (path) => Promise.resolve(inside.files.get(path)),
    write: (path, text) => Promise.resolve(void inside.files.set(path, text)),
    remove: (path) => Promise.resolve(void inside.files.delete(path)),
    list: (path) => {
      const names = [...inside.files.keys()].filter((each) => each.startsWith(`${path}/`));
      return Promise.resolve(names.map((each) => each.slice(path.length + 1)).sort());
    },
  },
  sysctls: {
    read: (key) => Promise.resolve(inside.state.sysctls.get(key)),
    write: (key, value) => {
      if (!inside.state.sysctls.has(key)) return Promise.reject(new Error(`no ${key}`));
      inside.state.writes++;
      inside.state.sysctls.set(key, value);
      return Promise.resolve();
    },
  },
});

const runCommand = (inside: Insides, argv: readonly string[], stdin: string): CommandResult => {
  const [program, ...words] = argv;
  if (program === 'modprobe') return done();
  if (program === 'ip') return runIp(inside.state, words, stdin);
  if (program === 'nft') return runNft(inside.state, words, stdin);
  if (program === 'wg' && words[0] === 'show' && words[2] === 'dump') {
    const dump = dumpOf(inside.state, words[1] ?? '');
    return dump === undefined ? failed('Unable to access interface: No such device') : done(dump);
  }
  if (program === 'wg' && words[0] === 'set') return setWireGuard(inside, words.slice(1));
  throw new Error(`the fake host has no "${argv.join(' ')}"`);
};

const runIp = (state: FakeKernelState, flags: readonly string[], stdin: string): CommandResult => {
  const family = flags.includes('-4') ? 4 : 6;
  const lines = stdin.split('\n').filter((line) => line !== '');
  if (flags.includes('-j')) {
    return done(lines.map((line) => `${answerTo(state, family, line)}\n`).join(''));
  }
  let stderr = '';
  for (const [index, line] of lines.entries()) {
    const error = runLine(state, family, line);
    if (error === undefined) continue;
    stderr += `${error}\nCommand failed -:${String(index + 1)}\n`;
    if (!flags.includes('-force')) break;
  }
  return stderr === '' ? done() : failed(stderr);
};

const setWireGuard = ({ state, files }: Insides, words: readonly string[]): CommandResult => {
  const device = state.devices.get(words[0] ?? '');
  if (device === undefined) return failed('Unable to modify interface: No such device');
  state.writes++;
  const rest = words.slice(1);
  let peer: string | undefined;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === 'remove') device.peers.delete(peer ?? '');
    else if (word === 'peer') peer = addPeer(device, rest.shift() ?? '');
    else if (peer === undefined) setDevice(device, word, readKey(files, word, rest.shift() ?? ''));
    else setPeer(device, peer, [word, rest.shift() ?? '']);
  }
  return done();
};

const readKey = (files: ReadonlyMap<string, string>, word: string, value: string): string => {
  if (word !== 'private-key') return value;
  const key = files.get(value)?.trim();
  if (key !== wireguardKeyFixture.private.reveal())
    throw new Error('this is not the key of the test');
  return wireguardKeyFixture.public;
};

const addPeer = (device: FakeDevice, key: string): string => {
  if (!device.peers.has(key)) {
    device.peers.set(key, { endpoint: undefined, allowed: [], keepalive: 0, handshake: 0 });
  }
  return key;
};

const setDevice = (device: FakeDevice, word: string, value: string): void => {
  if (word === 'private-key') device.publicKey = value;
  else if (word === 'listen-port') device.port = Number(value);
  else if (word === 'fwmark') device.fwmark = `0x${Number(value).toString(16)}`;
  else throw new Error(`wg set does not know "${word}"`);
};

const setPeer = (
  device: FakeDevice,
  key: string,
  [word, value]: readonly [string, string],
): void => {
  const peer = device.peers.get(key);
  if (peer === undefined) throw new Error(`no peer ${key}`);
  if (word === 'endpoint') peer.endpoint = value;
  else if (word === 'persistent-keepalive') peer.keepalive = Number(value);
  else if (word === 'allowed-ips') {
    peer.allowed = value.split(',');
    // An address belongs to one peer: the last one told.
    for (const [other, about] of device.peers) {
      if (other !== key) about.allowed = about.allowed.filter((ip) => !peer.allowed.includes(ip));
    }
  } else throw new Error(`wg set does not know "${word}"`);
};
