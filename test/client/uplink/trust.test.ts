// Whom the uplink trusts, and what it says of strangers; and asking without joining.
import { afterEach, describe, expect, it } from 'vitest';
import { askDryRun } from '../../../client/uplink/attend.ts';
import { viewFromDryRun } from '../../../client/uplink/joined.ts';
import { pinPath } from '../../../client/uplink/trust.ts';
import { MemoryFiles } from '../../fake/files.ts';
import { nodeFixture } from '../../fake/view.ts';
import {
  self,
  chunk,
  controllerOf,
  givenFor,
  runUplink,
  until,
  peersOf,
  stopAll,
} from './setup.ts';

afterEach(stopAll);

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
