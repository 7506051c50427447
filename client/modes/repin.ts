// Forgets whom this node trusts: the controller, or one peer. The next start trusts who is met then.
import { registerFingerprint } from '../../shared/trust/fingerprint.ts';
import { controllerPinPath, readControllerPin } from '../identity/controller-pin.ts';
import { noteForgotten } from '../identity/forgotten.ts';
import { readPins } from '../identity/pins.ts';
import type { AgentParts } from './parts.ts';

export const repin = async (parts: AgentParts): Promise<number> =>
  parts.config.repin === undefined ? forgetController(parts) : forgetPeer(parts);

const forgetController = async ({ host: { files }, config, log }: AgentParts): Promise<number> => {
  const path = controllerPinPath(config.stateDir);
  const pin = await readControllerPin(files, config.stateDir);
  if (pin.ok && pin.value === undefined) {
    log.info('no controller is pinned: the one that is met first is trusted', { path });
    return 0;
  }
  await files.remove(path);
  const fingerprint =
    pin.ok && pin.value !== undefined ? registerFingerprint(pin.value.registerKey) : '';
  log.warn(
    'the controller is forgotten: the one that is met next is trusted from then on; compare its fingerprint with ' +
      "the one in the server's log. Who the peers are is still remembered",
    { path, ...(fingerprint === '' ? {} : { fingerprint }) },
  );
  return 0;
};

const forgetPeer = async ({ host: { files }, config, log }: AgentParts): Promise<number> => {
  const name = config.repin;
  const pins = await readPins(files, config.stateDir);
  if (!pins.ok) log.warn(pins.reason);
  const known = pins.ok ? pins.value : undefined;
  if (
    name === undefined ||
    (known?.byName.has(name) !== true && known?.refused.has(name) !== true)
  ) {
    log.error(`this node remembers no peer "${name ?? ''}": nothing is forgotten`);
    return 1;
  }
  await noteForgotten(files, config.stateDir, name);
  log.warn(
    'the peer is forgotten when the agent starts next: who the controller then says it is, is believed',
    { peer: name },
  );
  return 0;
};
