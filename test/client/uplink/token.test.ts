// A join token is shown only to the controller that it is of.
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { controllerPinPath } from '../../../client/identity/controller-pin.ts';
import { Secret } from '../../../shared/log/secret.ts';
import { registerFingerprint } from '../../../shared/trust/fingerprint.ts';
import { registerKeyOf } from '../../../shared/trust/signed.ts';
import { configFixture } from '../../fake/view.ts';
import { chunk, controllerOf, runUplink, self, stopAll, until } from './setup.ts';

afterEach(stopAll);

const tokenOf = async (
  key: ReturnType<typeof generateKeyPairSync>['privateKey'],
): Promise<Secret> =>
  new Secret(
    await new SignJWT({ registerKey: registerKeyOf(key) })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'meshover-join+jwt' })
      .sign(key),
  );

describe('a join token', () => {
  it('goes to its controller, once, and into no log', async () => {
    const controller = await controllerOf(chunk([self]));
    const token = await tokenOf(controller.registerKey);
    const config = configFixture({ controlServers: [controller.address], token });
    const { uplink, lines } = runUplink([controller.address], { config });
    await until(() => uplink.connected);
    expect(controller.joins.map((join) => join.token)).toEqual([token.reveal(), '']);
    expect(lines.join('\n')).not.toContain(token.reveal().slice(-20));
  });

  it('is not shown to another controller, which is not pinned either', async () => {
    const controller = await controllerOf(chunk([self]));
    const { privateKey } = generateKeyPairSync('ed25519');
    const config = configFixture({
      controlServers: [controller.address],
      token: await tokenOf(privateKey),
    });
    const { troubles, files } = runUplink([controller.address], { config });
    await until(() => troubles.length > 0);
    expect(troubles[0]?.reason).toContain(registerFingerprint(registerKeyOf(privateKey)));
    expect(troubles[0]?.reason).toContain('it was not sent');
    expect(controller.joins).toEqual([]);
    expect(files.stored.has(controllerPinPath('/var/lib/meshover'))).toBe(false);
  });

  it('that is none is said to be none', async () => {
    const controller = await controllerOf(chunk([self]));
    const config = configFixture({
      controlServers: [controller.address],
      token: new Secret('a.b.c'),
    });
    const { troubles } = runUplink([controller.address], { config });
    await until(() => troubles.length > 0);
    expect(troubles[0]?.reason).toContain('meshoverctl token create');
  });
});
