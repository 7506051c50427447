// The uplink against a real gRPC server over TLS: join, follow, resume, refuse.
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { readSavedView } from '../../../client/identity/saved-view.ts';
import { Membership } from '../../../proto/gen/meshover/v1/joining.ts';
import { peerToWire } from '../../../shared/wire/peer.ts';
import { nodeFixture, spoken, viewFixture } from '../../fake/view.ts';
import {
  self,
  chunk,
  delta,
  removals,
  signedEnd,
  controllerOf,
  runUplink,
  until,
  peersOf,
  revision,
  stopAll,
} from './setup.ts';

afterEach(stopAll);

/** The one line that each view gives at level debug. */
const isDebug = (line: string): boolean => line.startsWith('view ');

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

  it('goes on with a fresh proof, and says nothing, when a stream has lived its time', async () => {
    const controller = await controllerOf(chunk([self, nodeFixture(2)]));
    let now = 0;
    const monotonicMs = (): number => (now += 2_000);
    const { views, lines, troubles } = runUplink([controller.address], { monotonicMs });
    await until(() => views.length === 1);
    const [joins, said] = [controller.joins.length, lines.filter((line) => !isDebug(line)).length];
    controller.first = [delta(5n, 6n, [nodeFixture(3)])];
    controller.endStreams();
    await until(() => views.length === 2);
    expect([controller.joins.length, troubles.length]).toEqual([joins, 0]);
    expect(lines.filter((line) => !isDebug(line))).toHaveLength(said);
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
});

describe('an uplink that goes on', () => {
  it('leaves out one peer that it cannot read, and keeps the rest', async () => {
    const bad = { ...peerToWire(nodeFixture(3), 1n), asn: 7 };
    const good = [self, spoken(nodeFixture(2))].map((peer) => peerToWire(peer, 1n));
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

  it('joins again when the node is reached elsewhere', async () => {
    const controller = await controllerOf(chunk([self]));
    const { uplink } = runUplink([controller.address]);
    await until(() => uplink.connected);
    const before = controller.joins.length;
    uplink.announce(nodeFixture(77).endpoints);
    await until(() => controller.joins.length === before + 1);
    expect(controller.joins[before]?.endpoints).toEqual([...nodeFixture(77).endpoints]);
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
});

describe('an uplink in trouble', () => {
  it('goes to the next controller when one does not answer', async () => {
    const second = await controllerOf(chunk([self]));
    const { views } = runUplink(['127.0.0.1:9', second.address]);
    await until(() => views.length === 1);
    expect(second.watches).toHaveLength(1);
  });

  it('prints a refusal with its remedy and asks again slowly', async () => {
    const controller = await controllerOf(chunk([self]));
    controller.refusal = { code: 'forbidden', detail: 'ask an operator' };
    const { troubles, views } = runUplink([controller.address]);
    await until(() => troubles.length > 0);
    expect(troubles[0]).toEqual({
      kind: 'refused',
      reason: 'forbidden: ask an operator',
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

  it('says that this node was removed, and keeps its view', async () => {
    const controller = await controllerOf(chunk([self, nodeFixture(2)]));
    const { views, troubles } = runUplink([controller.address]);
    await until(() => views.length === 1);
    controller.send(removals(5n, 6n, [signedEnd(self, 6n, controller.registerKey)]));
    await until(() => troubles.length === 1);
    expect(troubles[0]?.kind).toBe('turned-away');
    expect(troubles[0]?.reason).toContain('removed from the mesh (by operator)');
    expect(views).toHaveLength(1);
  });

  it('does not believe its own end when the register has not signed it', async () => {
    const controller = await controllerOf(chunk([self, nodeFixture(2)]));
    const { views, troubles } = runUplink([controller.address]);
    await until(() => views.length === 1);
    const stranger = generateKeyPairSync('ed25519').privateKey;
    controller.send(removals(5n, 6n, [signedEnd(self, 6n, stranger)]));
    controller.send(delta(6n, 7n, [nodeFixture(3)]));
    await until(() => views.some((view) => view.peers.length === 2));
    expect(troubles).toEqual([]);
  });
});
