// A controller that turns hostile: its nodes notice, say so, and go on with what they knew.
import { afterEach, describe, expect, it } from 'vitest';
import { noPins, readPins } from '../../../client/identity/pins.ts';
import { peerToWire } from '../../../shared/wire/peer.ts';
import { nodeFixture, spoken } from '../../fake/view.ts';
import {
  chunk,
  controllerOf,
  delta,
  peersOf,
  removals,
  runUplink,
  self,
  signedEnd,
  stopAll,
  until,
} from './setup.ts';

afterEach(stopAll);

const [two, three] = [spoken(nodeFixture(2)), spoken(nodeFixture(3))];
const stolen = { ...two, wireguardKey: nodeFixture(9).wireguardKey };

describe('a hostile controller', () => {
  it('cannot swap a WireGuard key: the peer stays, and it is said once', async () => {
    const controller = await controllerOf(chunk([self, two]));
    const { views, lines, uplink } = runUplink([controller.address]);
    await until(() => views.length === 1);
    controller.send(delta(5n, 6n, [stolen]));
    controller.send(delta(6n, 7n, [three]));
    await until(() => peersOf(views.at(-1)).length === 2);
    expect(views.at(-1)?.peers[0]?.wireguardKey).toBe(two.wireguardKey);
    expect([...uplink.refused.keys()]).toEqual(['node2']);
    expect(lines.filter((line) => line.includes('client -repin node2'))).toHaveLength(1);
    controller.send(delta(7n, 8n, [two]));
    await until(() => uplink.refused.size === 0);
    expect(lines.join('\n')).toContain('right again');
  });

  it('cannot do it after a restart of the agent either', async () => {
    const controller = await controllerOf(chunk([self, two]));
    const before = runUplink([controller.address]);
    await until(() => before.views.length === 1);
    await stopAll();
    await controller.listen();
    const pins = await readPins(before.files, '/var/lib/meshover');
    controller.first = [chunk([self, stolen])];
    const { views, uplink } = runUplink([controller.address], {
      files: before.files,
      pins: pins.ok ? (pins.value ?? noPins) : noPins,
    });
    await until(() => views.length === 1);
    expect(views[0]?.peers[0]?.wireguardKey).toBe(two.wireguardKey);
    expect(uplink.refused.size).toBe(1);
    controller.stop();
  });

  it('removes nobody with words that the register has not signed, or with none', async () => {
    const controller = await controllerOf(chunk([self, two, three]));
    const { views, uplink } = runUplink([controller.address]);
    await until(() => views.length === 1);
    const unsigned = { ...signedEnd(two, 6n, controller.registerKey), signedRemoval: undefined };
    controller.send(removals(5n, 6n, [unsigned]));
    controller.send(chunk([], { peers: [peerToWire(self, 1n)] }));
    await until(() => uplink.refused.size === 0 && views.length > 1);
    expect(peersOf(views.at(-1))).toEqual(['node2', 'node3']);
    controller.send(removals(5n, 7n, [signedEnd(two, 7n, controller.registerKey)]));
    await until(() => peersOf(views.at(-1)).length === 1);
    expect(peersOf(views.at(-1))).toEqual(['node3']);
  });

  it('is left when it speaks of another register than it has proven', async () => {
    const controller = await controllerOf(
      chunk([self], { revision: { registerId: 'f'.repeat(32), epoch: 1n, number: 1n } }),
    );
    const { troubles, views } = runUplink([controller.address]);
    await until(() => troubles.length > 0);
    expect([troubles[0]?.reason, views.length]).toEqual([
      expect.stringContaining('another register than the one that it has proven'),
      0,
    ]);
  });

  it('cannot keep a node busy by ending each stream at once', async () => {
    const controller = await controllerOf();
    const { troubles } = runUplink([controller.address]);
    await until(() => controller.streams.length === 1);
    controller.endStreams();
    await until(() => troubles.length === 1);
    expect(troubles[0]?.reason).toContain('ended the peers stream');
  });
});
