// The register as the state directory holds it, made when there is none, with the pools of now.
import { randomBytes } from 'node:crypto';
import type { NetworkSettings } from '../shared/mesh/view.ts';
import { parsed, type Parsed } from '../shared/outcome/parsed.ts';
import type { Act } from './register/act.ts';
import { emptyRegister, type Register } from './register/register.ts';
import { registerFrom } from './register/restore.ts';
import { rowsOf } from './register/row.ts';
import { changeSettings } from './register/settings.ts';
import { upgradedRows } from './register/upgrade.ts';
import type { Store } from './store/store.ts';

export const openRegister = async (
  store: Store,
  settings: NetworkSettings,
  act: Act,
): Promise<Parsed<Register>> => {
  const rows = await store.load();
  const upgraded = upgradedRows(rows);
  if (!upgraded.ok) return upgraded;
  const stored = registerFrom(upgraded.value);
  if (!stored.ok) return stored;
  if (upgraded.value !== rows) await store.commit(upgraded.value, []);
  if (stored.value === undefined) {
    const register = emptyRegister(randomBytes(16).toString('hex'), settings);
    await store.commit(rowsOf(register), []);
    return parsed(register);
  }
  const changed = changeSettings(stored.value, settings, act);
  if (!changed.ok) return changed;
  const { writes, events } = changed.value.change;
  await store.commit(writes, events);
  return parsed(changed.value.register);
};
