// The uplink against a real gRPC server over TLS: join, follow, resume, refuse, trust.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../client/host/system-clock.ts';
import { throwAwayIdentity } from '../../../client/identity/identity.ts';
import { readSavedView } from '../../../client/identity/saved-view.ts';
import { askDryRun } from '../../../client/uplink/attend.ts';
import type { Trouble, UplinkGiven } from '../../../client/uplink/given.ts';
import { viewFromDryRun } from '../../../client/uplink/joined.ts';
import { pinPath } from '../../../client/uplink/trust.ts';
import { Uplink } from '../../../client/uplink/uplink.ts';
import { Membership } from '../../../proto/gen/meshover/v1/joining.ts';
import type { SnapshotChunk, WatchResponse } from '../../../proto/gen/meshover/v1/peers.ts';
import type { Clock } from '../../../shared/clock/clock.ts';
import type { Log } from '../../../shared/log/log.ts';
import type { Peer } from '../../../shared/mesh/peer.ts';
import type { View } from '../../../shared/mesh/view.ts';
import { peerToWire } from '../../../shared/wire/peer.ts';
import { ScriptedController } from '../../fake/controller.ts';
import { MemoryFiles } from '../../fake/files.ts';
import { configFixture, nodeFixture, viewFixture } from '../../fake/view.ts';

const self = nodeFixture(1);
const { settings, revision } = viewFixture(self, []);

const chunk = (peers: readonly Peer[], changes: Partial<SnapshotChunk> = {}): WatchResponse => ({
  event: {
    $case: 'snapshot',
    value: {
      revision: { ...revision, number: 5n },
      peers: peers.map((peer) => peerToWire(peer, 1n)),
      tombstones: [],
      settings: { tunnelPools: [...settings.tunnelPools], nodePools: [...settings.nodePools] },
      last: true,
      ...changes,
    },
  },
});

const delta = (from: bigint, to: bigint, peers: readonly Peer[]): WatchResponse => ({
  event: {
    $case: 'delta',
    value: {
      from: { ...revision, number: from },
      to: { ...revision, number: to },
      peers: peers.map((peer) => peerToWire(peer, to)),
      tombstones: [],
    },
  },
});

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

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const controllerOf = async (...first: readonly WatchResponse[]): Promise<ScriptedController> => {
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

const givenFor = (servers: readonly string[], changes: Partial<UplinkGiven> = {}): UplinkGiven => {
  const identity = throwAwayIdentity();
  if (!identity.ok) throw new Error(identity.reason);
  return {
    config: configFixture({ controlServers: servers }),
    identity: identity.value,
    files: new MemoryFiles(),
    clock: hurriedClock,
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

const runUplink = (servers: readonly string[], changes: Partial<UplinkGiven> = {}): Running => {
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
  const running_ = uplink.run();
  stops.push(async () => {
    uplink.stop();
    await running_;
  });
  return { ...running, uplink };
};

const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(
    () => {
      if (!condition()) throw new Error('not yet');
    },
    { timeout: 10_000, interval: 10 },
  );

const peersOf = (view: View | undefined): readonly string[] =>
  view?.peers.map(({ name }) => name) ?? [];

describe('uplink', () => {
  it('joins, saves the view and tells it', async () => {
    const controller = await controllerOf(chunk([self, nodeFixture(2)]));
    const { views, files } = runUplink([controller.address]);
    await until(() => views.length > 0);
    expect(peersOf(views[0])).toEqual(['node2']);
    expect(await readSavedView(files, '/var/lib/meshover')).toEqual({ ok: true, value: views[0] });
    expect(controller.joins[0]).toMatchObject({
      name: 'node1',
      endpoints: [...self.endpoints],
      dryRun: false,
    });
    expect(controller.proofs[0]).toMatch(/^Bearer ey/);
  });

  it('joins the chunks of a snapshot and follows deltas', async () => {
    const controller = await controllerOf(
      chunk([self], { last: false }),
      chunk([nodeFixture(3)], { last: false }),
      chunk([nodeFixture(2)]),
    );
    const { views } = runUplink([controller.address]);
    await until(() => views.length === 1);
    controller.send(delta(5n, 6n, [nodeFixture(4)]));
    await until(() => views.length === 2);
    expect(views.map(peersOf)).toEqual([
      ['node2', 'node3'],
      ['node2', 'node3', 'node4'],
    ]);
  });

  it('resumes from its revision after the stream ended', async () => {
    const controller = await controllerOf(chunk([self, nodeFixture(2)]));
    const { views } = runUplink([controller.address]);
    await until(() => views.length === 1);
    controller.first = [];
    controller.endStreams();
    await until(() => controller.watches.length === 2);
    expect(controller.watches[0]?.resumeFrom).toBeUndefined();
    expect(controller.watches[1]?.resumeFrom?.number).toBe(5n);
  });

  it('asks for everything anew when a delta does not fit', async () => {
    const controller = await controllerOf(chunk([self, nodeFixture(2)]));
    const { views } = runUplink([controller.address]);
    await until(() => views.length === 1);
    controller.send(delta(8n, 9n, [nodeFixture(4)]));
    await until(() => controller.watches.length === 2);
    expect(controller.watches[1]?.resumeFrom).toBeUndefined();
  });

  it('resumes from the saved view of an earlier run', async () => {
    const controller = await controllerOf();
    runUplink([controller.address], { saved: viewFixture(self, [nodeFixture(2)]) });
    await until(() => controller.watches.length === 1);
    expect(controller.watches[0]?.resumeFrom?.number).toBe(1n);
  });

  it('leaves out one peer that it cannot read, and keeps the rest', async () => {
    const bad = { ...peerToWire(nodeFixture(3), 1n), asn: 7 };
    const good = [self, nodeFixture(2)].map((peer) => peerToWire(peer, 1n));
    const controller = await controllerOf(chunk([], { peers: [...good, bad] }));
    const { views, lines } = runUplink([controller.address]);
    await until(() => views.length === 1);
    expect(peersOf(views[0])).toEqual(['node2']);
    expect(lines.join()).toContain('node3');
  });

  it('is back when the controller is, and survives ten restarts of it', async () => {
    const controller = await controllerOf(chunk([self, nodeFixture(2)]));
    const { uplink } = runUplink([controller.address]);
    for (let round = 1; round <= 10; round++) {
      await until(() => controller.watches.length >= round && uplink.connected);
      controller.stop();
      await until(() => !uplink.connected);
      await controller.listen();
    }
    await until(() => uplink.connected);
    expect(uplink.complaint).toBe('');
  });

  it('goes to the next controller when one does not answer', async () => {
    const second = await controllerOf(chunk([self]));
    const { views } = runUplink(['127.0.0.1:9', second.address]);
    await until(() => views.length === 1);
    expect(second.joins).toHaveLength(1);
  });

  it('prints a refusal with its remedy and asks again slowly', async () => {
    const controller = await controllerOf(chunk([self]));
    controller.refusal = { code: 'not-admitted', detail: 'start the server with -open' };
    const { troubles, views } = runUplink([controller.address]);
    await until(() => troubles.length > 0);
    expect(troubles[0]).toEqual({
      kind: 'refused',
      reason: 'not-admitted: start the server with -open',
    });
    controller.refusal = undefined;
    await until(() => views.length === 1);
    expect(peersOf(views[0])).toEqual([]);
  });

  it('waits while an operator has not approved', async () => {
    const controller = await controllerOf(chunk([self]));
    controller.membership = Membership.MEMBERSHIP_PENDING;
    const { troubles } = runUplink([controller.address]);
    await until(() => troubles.length > 0);
    expect(troubles[0]?.reason).toContain('until an operator approves');
    expect(controller.watches).toHaveLength(0);
  });

  it('joins again when the node is reached elsewhere', async () => {
    const controller = await controllerOf(chunk([self]));
    const { uplink } = runUplink([controller.address]);
    await until(() => uplink.connected);
    uplink.announce(nodeFixture(77).endpoints);
    await until(() => controller.joins.length === 2);
    expect(controller.joins[1]?.endpoints).toEqual([...nodeFixture(77).endpoints]);
    uplink.announce(nodeFixture(77).endpoints);
    expect(controller.watches).toHaveLength(1);
  });

  it('reports the state of the node', async () => {
    const controller = await controllerOf(chunk([self]));
    const { uplink } = runUplink([controller.address]);
    await until(() => uplink.connected);
    await uplink.report({
      desired: revision,
      applied: undefined,
      failedSteps: 2,
      failure: 'why',
      frrBackend: 'docker',
      frrVersion: '10.3',
      programVersion: '1',
      links: [],
    });
    expect(controller.reports[0]).toMatchObject({
      name: 'node1',
      status: { failedSteps: 2, failure: 'why' },
    });
  });

  it('says that this node was removed, and keeps its view', async () => {
    const controller = await controllerOf(chunk([self, nodeFixture(2)]));
    const { views, troubles } = runUplink([controller.address]);
    await until(() => views.length === 1);
    const end = {
      name: 'node1',
      asn: self.asn,
      removedAt: 6n,
      reason: 'by operator',
      signature: Buffer.alloc(0),
    };
    const message = delta(5n, 6n, []);
    if (message.event?.$case === 'delta') message.event.value.tombstones = [end];
    controller.send(message);
    await until(() => troubles.length === 1);
    expect(troubles[0]?.reason).toContain('removed from the mesh (by operator)');
    expect(views).toHaveLength(1);
  });
});

describe('trust on first use', () => {
  it('pins the authority of the controller that admits the node', async () => {
    const controller = await controllerOf(chunk([self]));
    const { files, uplink } = runUplink([controller.address]);
    await until(() => uplink.connected);
    const pin = files.stored.get(pinPath('/var/lib/meshover'));
    expect(pin?.mode).toBe(0o600);
    expect(pin?.text.trim()).toBe(controller.authority.certificate.trim());
  });

  it('refuses another authority later, and says what to do', async () => {
    const files = new MemoryFiles();
    const stranger = await controllerOf(chunk([self]));
    const known = await controllerOf(chunk([self]));
    await files.write(pinPath('/var/lib/meshover'), known.authority.certificate, 0o600);
    const { troubles, views } = runUplink([stranger.address], { files });
    await until(() => troubles.length > 0);
    expect(troubles[0]?.kind).toBe('refused');
    expect(troubles[0]?.reason).toContain('presents another authority');
    expect(troubles[0]?.reason).toContain('remove /var/lib/meshover/controller.pem');
    expect([views.length, stranger.joins.length]).toEqual([0, 0]);
  });

  it('does not pin a controller that refuses the node', async () => {
    const controller = await controllerOf(chunk([self]));
    controller.refusal = { code: 'name-taken', detail: 'choose another name' };
    const { files, troubles } = runUplink([controller.address]);
    await until(() => troubles.length > 0);
    expect(files.stored.has(pinPath('/var/lib/meshover'))).toBe(false);
  });

  it('finds a damaged pin', async () => {
    const files = new MemoryFiles();
    await files.write(pinPath('/var/lib/meshover'), 'damaged', 0o600);
    const controller = await controllerOf(chunk([self]));
    const { troubles } = runUplink([controller.address], { files });
    await until(() => troubles.length > 0);
    expect(troubles[0]?.reason).toContain('is damaged');
    expect(controller.joins).toHaveLength(0);
  });
});

describe('a dry run', () => {
  it('gives the view that the node would have, and writes nothing', async () => {
    const controller = await controllerOf(chunk([nodeFixture(2)]));
    const files = new MemoryFiles();
    const joined = await askDryRun(givenFor([controller.address], { files }), controller.address);
    if (!joined.ok) throw new Error(joined.reason);
    expect(peersOf(viewFromDryRun(joined.value))).toEqual(['node2']);
    expect(controller.joins[0]?.dryRun).toBe(true);
    expect(files.stored.size).toBe(0);
  });

  it('says why when nobody answers', async () => {
    const joined = await askDryRun(givenFor(['127.0.0.1:9']), '127.0.0.1:9');
    expect(joined.ok ? '' : joined.reason).toContain('ECONNREFUSED');
  });
});
