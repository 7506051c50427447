// The agent's ways to start that are about trust: waiting, forgetting, a new identity key.
import { afterEach, describe, expect, it } from 'vitest';
import { controllerPinPath } from '../../../client/identity/controller-pin.ts';
import { readForgotten } from '../../../client/identity/forgotten.ts';
import { identityPath, readIdentity } from '../../../client/identity/identity.ts';
import { membershipPath } from '../../../client/identity/membership.ts';
import { nextIdentityPath } from '../../../client/identity/next-identity.ts';
import { pinsPath } from '../../../client/identity/pins.ts';
import { finishRenewal, renewIdentity } from '../../../client/modes/new-identity.ts';
import { knownFor, nodePartsFor } from '../../../client/modes/node-parts.ts';
import { convergeOnce } from '../../../client/modes/once.ts';
import { repin } from '../../../client/modes/repin.ts';
import { Membership } from '../../../proto/gen/meshover/v1/joining.ts';
import { readWord } from '../../../shared/trust/signed.ts';
import type { Signed } from '../../../shared/mesh/trust.ts';
import { successionKind } from '../../../shared/wire/signed.ts';
import { nodeFixture } from '../../fake/view.ts';
import { controllerWith, endStages, nodeParts, stageWith, type Stage } from './stage.ts';

afterEach(endStages);

const forgetful = (stage: Stage, name?: string): Promise<number> =>
  repin({
    ...stage.parts,
    config: { ...stage.parts.config, repin: name as ReturnType<typeof nodeFixture>['name'] },
  });

describe('-once of a node that waits', () => {
  it('ends with what the operator is to do, and has touched nothing', async () => {
    const controller = await controllerWith(nodeFixture(2));
    controller.membership = Membership.MEMBERSHIP_PENDING;
    const stage = stageWith([controller.address]);
    const before = stage.kernel.state.print();
    expect(await convergeOnce(await nodeParts(stage))).toBe(1);
    expect(stage.lines.at(-1)).toContain('meshoverctl approve node1');
    expect(stage.kernel.state.print()).toBe(before);
  });

  it('goes on when it is approved', async () => {
    const controller = await controllerWith(nodeFixture(2));
    controller.membership = Membership.MEMBERSHIP_PENDING;
    const stage = stageWith([controller.address]);
    const ending = convergeOnce(await nodeParts(stage));
    controller.membership = Membership.MEMBERSHIP_ADMITTED;
    expect(await ending).toBe(0);
  });
});

describe('-repin', () => {
  it('forgets the controller and says which; the peers are remembered', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    await convergeOnce(await nodeParts(stage));
    expect(await forgetful(stage)).toBe(0);
    expect(stage.lines.at(-1)).toMatch(
      /the controller is forgotten.*"fingerprint":"[A-Z2-7-]{29}"/,
    );
    expect(stage.kernel.files.has(controllerPinPath('/state'))).toBe(false);
    expect((await knownFor(stage.parts)).pins.byName.size).toBe(1);
    expect(await forgetful(stage)).toBe(0);
    expect(stage.lines.at(-1)).toContain('no controller is pinned');
  });

  it('with a name forgets that peer at the next start, once', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    await convergeOnce(await nodeParts(stage));
    expect(await forgetful(stage, 'node2')).toBe(0);
    const parts = await nodeParts(stage);
    expect([parts.forgotten, parts.pins.byName.size]).toEqual([['node2'], 0]);
    expect(await convergeOnce(parts)).toBe(0);
    expect(await readForgotten(parts.host.files, '/state')).toEqual([]);
    expect((await nodeParts(stage)).pins.byName.size).toBe(1);
  });

  it('knows when there is nobody of that name', async () => {
    const stage = stageWith([]);
    expect(await forgetful(stage, 'node7')).toBe(1);
    expect(stage.lines.at(-1)).toContain('remembers no peer "node7"');
  });
});

describe('what a node has on disk', () => {
  it('is a reason not to start when the token file is missing and it is no member', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    const config = { ...stage.parts.config, tokenFile: '/run/token' };
    const without = await nodePartsFor({ ...stage.parts, config });
    expect(without.ok ? '' : without.reason).toContain('/run/token: there is no such file');
    await convergeOnce(await nodeParts(stage));
    expect(stage.kernel.files.has(membershipPath('/state'))).toBe(true);
    expect((await nodePartsFor({ ...stage.parts, config })).ok).toBe(true);
  });

  it('is rebuilt from the saved view where the pins are damaged, and said', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    await convergeOnce(await nodeParts(stage));
    stage.kernel.files.set(pinsPath('/state'), 'damaged');
    expect((await knownFor(stage.parts)).pins.byName.size).toBe(1);
    expect(stage.lines.at(-1)).toContain('rebuilt from the saved view');
    stage.kernel.files.set('/state/view', 'damaged');
    expect((await knownFor(stage.parts)).pins.byName.size).toBe(0);
    expect(stage.lines.at(-1)).toContain('as at first contact');
  });
});

describe('-newidentity', () => {
  it('is vouched for by the old key, and becomes the node’s own', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    await convergeOnce(await nodeParts(stage));
    const before = await nodePartsFor(stage.parts);
    if (!before.ok) throw new Error(before.reason);
    const old = before.value.identity;
    expect(await renewIdentity(before.value)).toBe(0);
    const now = await readIdentity(stage.parts.host.files, '/state');
    if (!now.ok || now.value === undefined) throw new Error('no identity');
    expect(now.value.identityKey).not.toBe(old.identityKey);
    expect(now.value.wireguardKey.public).toBe(old.wireguardKey.public);
    const join = controller.joins.find(({ succession }) => succession.length > 0);
    const signed = Buffer.from(join?.succession ?? '').toString('base64') as Signed;
    expect(readWord(successionKind, signed, old.identityKey)).toMatchObject({
      value: { name: 'node1', newIdentityKey: now.value.identityKey },
    });
    expect(stage.kernel.files.has(nextIdentityPath('/state'))).toBe(false);
  });

  it('leaves the old key where the controller does not take the new one, and goes on later', async () => {
    const controller = await controllerWith(nodeFixture(2));
    const stage = stageWith([controller.address]);
    await convergeOnce(await nodeParts(stage));
    const keys = stage.kernel.files.get(identityPath('/state'));
    controller.refusal = { code: 'name-taken', detail: 'ask an operator' };
    expect(await renewIdentity(await nodeParts(stage))).toBe(1);
    expect(stage.lines.at(-1)).toContain('the old identity key stays: name-taken: ask an operator');
    expect(stage.kernel.files.get(identityPath('/state'))).toBe(keys);
    controller.refusal = undefined;
    const finished = await finishRenewal(await nodeParts(stage));
    expect(stage.kernel.files.get(identityPath('/state'))).not.toBe(keys);
    const now = await readIdentity(stage.parts.host.files, '/state');
    expect(now.ok && now.value?.identityKey).toBe(finished.identity.identityKey);
  });

  it('is nothing for a node that has joined no mesh yet', async () => {
    const stage = stageWith([]);
    expect(await renewIdentity(await nodeParts(stage))).toBe(1);
    expect(stage.lines.at(-1)).toContain('has joined no mesh yet');
  });
});
