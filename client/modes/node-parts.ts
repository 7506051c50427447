// What a node has on disk, read at the start: its keys, what it knew, whom it remembers, the join token.
import type { Secret } from '../../shared/log/secret.ts';
import type { Log } from '../../shared/log/log.ts';
import type { View } from '../../shared/mesh/view.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { parseToken } from '../flag-values.ts';
import { loadIdentity } from '../identity/identity.ts';
import { membershipPath } from '../identity/membership.ts';
import { readForgotten } from '../identity/forgotten.ts';
import { noPins, pinsFromView, readPins, withoutPin, type Pins } from '../identity/pins.ts';
import { readSavedView } from '../identity/saved-view.ts';
import type { AgentParts, NodeParts } from './parts.ts';

/** A reason when the agent cannot start. */
export const nodePartsFor = async (parts: AgentParts): Promise<Parsed<NodeParts>> => {
  const { host, config, log } = parts;
  const token = await tokenFor(parts);
  if (!token.ok) return token;
  const loaded = await loadIdentity(host.files, config.stateDir);
  if (!loaded.ok) return loaded;
  if (loaded.value.fresh) log.info('made the keys of this node', { path: config.stateDir });
  const known = await knownFor(parts);
  return parsed({
    ...parts,
    ...known,
    config: { ...config, token: token.value },
    identity: loaded.value.identity,
  });
};

/** What this node knew and whom it remembers; nothing of it is written. */
export const knownFor = async ({
  host: { files },
  config: { stateDir },
  log,
}: Pick<AgentParts, 'host' | 'config' | 'log'>): Promise<
  Pick<NodeParts, 'saved' | 'pins' | 'forgotten'>
> => {
  const view = await readSavedView(files, stateDir);
  if (!view.ok) log.error(view.reason);
  const saved = view.ok ? view.value : undefined;
  const kept = await readPins(files, stateDir);
  const pins = kept.ok ? (kept.value ?? noPins) : pinsInstead(log, kept.reason, saved);
  const forgotten = await readForgotten(files, stateDir);
  return { saved, forgotten, pins: forgotten.reduce(withoutPin, pins) };
};

const pinsInstead = (log: Log, reason: string, saved: View | undefined): Pins => {
  log.error(
    saved === undefined
      ? `${reason}. Neither can the saved view: every peer is believed as the controller tells it next, as at first ` +
          'contact. Restore the state directory from a backup if you do not trust the controller'
      : `${reason}. It is rebuilt from the saved view; who was removed before is forgotten`,
  );
  return saved === undefined ? noPins : pinsFromView(saved);
};

/** A member needs no token any more, so its file may be gone. */
const tokenFor = async ({ config, host }: AgentParts): Promise<Parsed<Secret | undefined>> => {
  const path = config.tokenFile;
  if (path === undefined) return parsed(config.token);
  const text = await host.files.read(path);
  if (text !== undefined) {
    const token = parseToken(text);
    return token.ok ? token : malformed(`-tokenfile ${path}: ${token.reason}`);
  }
  return (await host.files.read(membershipPath(config.stateDir))) === undefined
    ? malformed(`-tokenfile ${path}: there is no such file; write the join token to it`)
    : parsed(undefined);
};
