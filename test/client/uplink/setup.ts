// What the tests of the uplink share: a running uplink, messages, and waiting for what must come.
import type { KeyObject } from 'node:crypto';
import { vi } from 'vitest';
import { systemClock } from '../../../client/host/system-clock.ts';
import { throwAwayIdentity } from '../../../client/identity/identity.ts';
import { noPins } from '../../../client/identity/pins.ts';
import type { Trouble, UplinkGiven } from '../../../client/uplink/given.ts';
import { Uplink } from '../../../client/uplink/uplink.ts';
import type { SnapshotChunk, WatchResponse } from '../../../proto/gen/meshover/v1/peers.ts';
import type { Clock } from '../../../shared/clock/clock.ts';
import type { Log } from '../../../shared/log/log.ts';
import type { Peer, Tombstone } from '../../../shared/mesh/peer.ts';
import type { View } from '../../../shared/mesh/view.ts';
import { signWord } from '../../../shared/trust/signed.ts';
import { peerToWire, tombstoneToWire } from '../../../shared/wire/peer.ts';
import { removalKind } from '../../../shared/wire/signed.ts';
import { ScriptedController } from '../../fake/controller.ts';
import { MemoryFiles } from '../../fake/files.ts';
import { configFixture, nodeFixture, spoken, viewFixture } from '../../fake/view.ts';

export const self = nodeFixture(1);
export const { settings, revision } = viewFixture(self, []);

const spokenOnce = (peer: Peer): Peer => (peer.signedStatement === undefined ? spoken(peer) : peer);

export const chunk = (
  peers: readonly Peer[],
  changes: Partial<SnapshotChunk> = {},
): WatchResponse => ({
  event: {
    $case: 'snapshot',
    value: {
      revision: { ...revision, number: 5n },
      peers: peers.map((peer) => peerToWire(spokenOnce(peer), 1n)),
      tombstones: [],
      settings: {
        tunnelPools: [...settings.tunnelPools],
        nodePools: [...settings.nodePools],
        operatorKeys: [],
      },
      last: true,
      ...changes,
    },
  },
});

export const delta = (from: bigint, to: bigint, peers: readonly Peer[]): WatchResponse => ({
  event: {
    $case: 'delta',
    value: {
      from: { ...revision, number: from },
      to: { ...revision, number: to },
      peers: peers.map((peer) => peerToWire(spokenOnce(peer), to)),
      tombstones: [],
    },
  },
});

export const removals = (from: bigint, to: bigint, ends: readonly Tombstone[]): WatchResponse => ({
  event: {
    $case: 'delta',
    value: {
      from: { ...revision, number: from },
      to: { ...revision, number: to },
      peers: [],
      tombstones: ends.map(tombstoneToWire),
    },
  },
});

export const signedEnd = ({ name, asn }: Peer, removedAt: bigint, key: KeyObject): Tombstone => {
  const { registerId, epoch } = revision;
  const end = { name, asn, removedAt, reason: 'by operator' };
  return { ...end, signedRemoval: signWord(removalKind, { ...end, registerId, epoch }, key) };
};

/** Waits as the uplink does, but shorter. */
const hurriedClock: Clock = {
  now: () => systemClock.now(),
  after: (delayMs, run) => systemClock.after(delayMs / 100, run),
};

interface Running {
  readonly uplink: Uplink;
  readonly files: MemoryFiles;
  readonly views: View[];
  readonly troubles: Trouble[];
  readonly lines: string[];
}

const stops: (() => Promise<void> | void)[] = [];

/** For afterEach: ends what a test started, the last first. */
export const stopAll = async (): Promise<void> => {
  for (const stop of stops.splice(0).reverse()) await stop();
};

export const controllerOf = async (
  ...first: readonly WatchResponse[]
): Promise<ScriptedController> => {
  const controller = await ScriptedController.start(self);
  controller.first = first;
  stops.push(() => {
    controller.stop();
  });
  return controller;
};

const logTo = (lines: string[]): Log => {
  const take = (message: string, fields: object = {}): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { debug: take, info: take, warn: take, error: take };
};

export const givenFor = (
  servers: readonly string[],
  changes: Partial<UplinkGiven> = {},
): UplinkGiven => {
  const identity = throwAwayIdentity();
  if (!identity.ok) throw new Error(identity.reason);
  return {
    config: configFixture({ controlServers: servers }),
    identity: identity.value,
    files: new MemoryFiles(),
    clock: hurriedClock,
    monotonicMs: () => performance.now(),
    pins: noPins,
    log: logTo([]),
    random: () => 0.5,
    saved: undefined,
    endpoints: self.endpoints,
    resumes: true,
    onView: () => undefined,
    onTrouble: () => undefined,
    ...changes,
  };
};

export const runUplink = (
  servers: readonly string[],
  changes: Partial<UplinkGiven> = {},
): Running => {
  const running = {
    files: new MemoryFiles(),
    views: [] as View[],
    troubles: [] as Trouble[],
    lines: [] as string[],
  };
  const uplink = new Uplink(
    givenFor(servers, {
      files: running.files,
      log: logTo(running.lines),
      onView: (view) => running.views.push(view),
      onTrouble: (trouble) => running.troubles.push(trouble),
      ...changes,
    }),
  );
  const attending = uplink.run();
  stops.push(async () => {
    uplink.stop();
    await attending;
  });
  return { ...running, uplink };
};

export const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(
    () => {
      if (!condition()) throw new Error('not yet');
    },
    { timeout: 10_000, interval: 10 },
  );

export const peersOf = (view: View | undefined): readonly string[] =>
  view?.peers.map(({ name }) => name) ?? [];
