// Whom the uplink trusts, and what it says of strangers; and asking without joining.
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import {
  controllerPinPath,
  readControllerPin,
  writeControllerPin,
} from '../../../client/identity/controller-pin.ts';
import { readMembership } from '../../../client/identity/membership.ts';
import { readStatement } from '../../../client/identity/statement.ts';
import { askDryRun } from '../../../client/uplink/dry-run.ts';
import { Membership } from '../../../proto/gen/meshover/v1/joining.ts';
import { registerFingerprint } from '../../../shared/trust/fingerprint.ts';
import { peekWord, registerKeyOf } from '../../../shared/trust/signed.ts';
import { membershipKind, statementKind } from '../../../shared/wire/signed.ts';
import { MemoryFiles } from '../../fake/files.ts';
import { nodeFixture, registerIdFixture } from '../../fake/view.ts';
import {
  chunk,
  controllerOf,
  givenFor,
  peersOf,
  runUplink,
  self,
  stopAll,
  until,
} from './setup.ts';

afterEach(stopAll);

const state = '/var/lib/meshover';
const newKey = (): ReturnType<typeof generateKeyPairSync>['privateKey'] =>
  generateKeyPairSync('ed25519').privateKey;

describe('first contact', () => {
  it('pins the register of the controller that admits the node, and says its fingerprint', async () => {
    const controller = await controllerOf(chunk([self]));
    const { files, uplink, lines } = runUplink([controller.address]);
    await until(() => uplink.connected);
    const registerKey = registerKeyOf(controller.registerKey);
    expect(files.stored.get(controllerPinPath(state))?.mode).toBe(0o600);
    expect(await readControllerPin(files, state)).toEqual({
      ok: true,
      value: { registerId: registerIdFixture, registerKey, operatorKeys: [] },
    });
    expect(lines.join('\n')).toContain(registerFingerprint(registerKey));
  });

  it('does not pin a controller that refuses the node', async () => {
    const controller = await controllerOf(chunk([self]));
    controller.refusal = { code: 'name-taken', detail: 'choose another name' };
    const { files, troubles } = runUplink([controller.address]);
    await until(() => troubles.length > 0);
    expect(files.stored.has(controllerPinPath(state))).toBe(false);
  });

  it('keeps the membership and the node’s own statement', async () => {
    const controller = await controllerOf(chunk([self]));
    const { files, uplink } = runUplink([controller.address]);
    await until(() => uplink.connected);
    const membership = await readMembership(files, state);
    const statement = await readStatement(files, state);
    if (membership === undefined || statement === undefined) throw new Error('not kept');
    expect(peekWord(membershipKind, membership)).toMatchObject({ value: { asn: self.asn } });
    expect(peekWord(statementKind, statement)).toMatchObject({
      value: { name: 'node1', tunnelAddress6: self.tunnelAddress6, registerId: registerIdFixture },
    });
    expect(controller.joins.map(({ signedStatement }) => signedStatement.length > 0)).toEqual([
      false,
      true,
    ]);
  });

  it('says its statement once: the next join finds it known', async () => {
    const controller = await controllerOf(chunk([self]));
    const { uplink } = runUplink([controller.address]);
    await until(() => uplink.connected);
    controller.stop();
    await until(() => !uplink.connected);
    await controller.listen();
    await until(() => uplink.connected);
    expect(controller.joins).toHaveLength(3);
  });
});

describe('a controller that is not the pinned one', () => {
  it('is refused with both fingerprints and the remedy, and is told nothing', async () => {
    const files = new MemoryFiles();
    const stranger = await controllerOf(chunk([self]));
    const known = registerKeyOf(newKey());
    const pin = { registerId: registerIdFixture, registerKey: known, operatorKeys: [] };
    await writeControllerPin(files, state, pin);
    const { troubles, views } = runUplink([stranger.address], { files });
    await until(() => troubles.length > 0);
    const [trouble] = troubles;
    expect(trouble?.kind).toBe('refused');
    expect(trouble?.reason).toContain(registerFingerprint(known));
    expect(trouble?.reason).toContain(registerFingerprint(registerKeyOf(stranger.registerKey)));
    expect(trouble?.reason).toContain('client -repin');
    expect([views.length, stranger.joins.length, stranger.proofs.length]).toEqual([0, 0, 0]);
  });

  it('is refused when only its register is another', async () => {
    const files = new MemoryFiles();
    const controller = await controllerOf(chunk([self]));
    const registerKey = registerKeyOf(controller.registerKey);
    const pin = { registerId: 'f'.repeat(32), registerKey, operatorKeys: [] };
    await writeControllerPin(files, state, pin);
    const { troubles } = runUplink([controller.address], { files });
    await until(() => troubles.length > 0);
    expect(troubles[0]?.reason).toContain('its database was made anew');
    expect(controller.joins).toHaveLength(0);
  });

  it('is trusted whatever certificate it shows, when the register is the same', async () => {
    const controller = await controllerOf(chunk([self]));
    const { uplink, troubles } = runUplink([controller.address]);
    await until(() => uplink.connected);
    controller.stop();
    await until(() => !uplink.connected);
    await controller.listen();
    await until(() => uplink.connected);
    expect(troubles.filter(({ kind }) => kind !== 'unreachable')).toEqual([]);
  });

  it('is refused when its membership certificate is signed by another key', async () => {
    const controller = await controllerOf(chunk([self]));
    controller.certificateKey = newKey();
    const { troubles, views } = runUplink([controller.address]);
    await until(() => troubles.length > 0);
    expect(troubles[0]?.reason).toContain('membership certificate cannot be believed');
    expect(views).toHaveLength(0);
  });

  it('is not met while the pin is damaged, and says what to do', async () => {
    const files = new MemoryFiles();
    await files.write(controllerPinPath(state), 'damaged', 0o600);
    const controller = await controllerOf(chunk([self]));
    const { troubles } = runUplink([controller.address], { files });
    await until(() => troubles.length > 0);
    expect(troubles[0]?.reason).toContain('client -repin');
    expect(controller.joins).toHaveLength(0);
  });
});

describe('proofs', () => {
  it('are dated by the controller’s clock and bound to its register and certificate', async () => {
    const controller = await controllerOf(chunk([self]));
    controller.clockOffsetMs = -7 * 365 * 86_400_000;
    const { uplink } = runUplink([controller.address]);
    await until(() => uplink.connected);
    const [, payload = ''] = (controller.proofs[0] ?? '').split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      readonly iat: number;
      readonly aud: string;
    };
    const there = (Date.now() + controller.clockOffsetMs) / 1000;
    expect(Math.abs(claims.iat - there)).toBeLessThan(120);
    expect(claims.aud).toMatch(new RegExp(`^${registerIdFixture} [0-9a-f]{64}$`));
  });
});

describe('a node that waits', () => {
  it('says once what the operator is to do, touches nothing, and goes on when it is approved', async () => {
    const controller = await controllerOf(chunk([self]));
    controller.membership = Membership.MEMBERSHIP_PENDING;
    const { views, lines, troubles, uplink } = runUplink([controller.address]);
    await until(() => controller.joins.length > 3);
    const waiting = lines.filter((line) => line.includes('meshoverctl approve node1'));
    expect(waiting).toHaveLength(1);
    expect(waiting[0]).toMatch(/"fingerprint":"([A-Z2-7]{4}-){5}[A-Z2-7]{4}"/);
    expect(troubles.every(({ kind }) => kind === 'pending')).toBe(true);
    expect(views).toHaveLength(0);
    controller.membership = Membership.MEMBERSHIP_ADMITTED;
    await until(() => uplink.connected);
  });

  it.each(['removed', 'rejected', 'token-used'] as const)(
    'is told when it was %s, and asks again seldom',
    async (code) => {
      const controller = await controllerOf(chunk([self]));
      controller.refusal = { code, detail: 'as the operator wished' };
      const { troubles } = runUplink([controller.address]);
      await until(() => troubles.length > 0);
      expect(troubles[0]).toEqual({
        kind: 'turned-away',
        reason: `${code}: as the operator wished`,
      });
    },
  );
});

describe('a dry run', () => {
  it('gives the view that the node would have, and writes nothing', async () => {
    const controller = await controllerOf(chunk([nodeFixture(2)]));
    const files = new MemoryFiles();
    const view = await askDryRun(givenFor([controller.address], { files }), controller.address);
    if (!view.ok) throw new Error(view.reason);
    expect(peersOf(view.value)).toEqual(['node2']);
    expect(controller.joins[0]?.dryRun).toBe(true);
    expect(files.stored.size).toBe(0);
  });

  it('says why when nobody answers', async () => {
    const joined = await askDryRun(givenFor(['127.0.0.1:9']), '127.0.0.1:9');
    expect(joined.ok ? '' : joined.reason).toContain('ECONNREFUSED');
  });
});
