// The register as the state directory holds it, made when there is none, with the pools of now.
import { randomBytes } from 'node:crypto';
import type { Log } from '../shared/log/log.ts';
import { printRevision } from '../shared/mesh/revision.ts';
import type { NetworkSettings } from '../shared/mesh/view.ts';
import { malformed, parsed, type Parsed } from '../shared/outcome/parsed.ts';
import type { Act } from './register/act.ts';
import { emptyRegister, type Register } from './register/register.ts';
import { beginEpoch } from './register/new-epoch.ts';
import { registerFrom } from './register/restore.ts';
import { rowsOf } from './register/row.ts';
import { changeSettings } from './register/settings.ts';
import { upgradedRows } from './register/upgrade.ts';
import type { MarkedStore } from './store/mark.ts';

interface Given {
  readonly settings: NetworkSettings;
  /** The operator says so. */
  readonly restored: boolean;
  readonly act: Act;
  readonly log: Log;
}

export const openRegister = async (store: MarkedStore, given: Given): Promise<Parsed<Register>> => {
  const rows = await store.load();
  const upgraded = upgradedRows(rows);
  if (!upgraded.ok) return upgraded;
  const stored = registerFrom(upgraded.value);
  if (!stored.ok) return stored;
  if (upgraded.value !== rows) await store.commit(upgraded.value, []);
  const reached = store.reached();
  if (stored.value === undefined && reached !== undefined) {
    return malformed(
      `the register is empty although its mark says that it had reached ${printRevision(reached)}: its ` +
        'write-ahead log was lost; restore the state directory from a backup, or move register.db away ' +
        'and begin anew with -newregister',
    );
  }
  if (stored.value === undefined) {
    const register = emptyRegister(randomBytes(16).toString('hex'), given.settings);
    await store.commit(rowsOf(register), []);
    return parsed(register);
  }
  const changed = changeSettings(stored.value, given.settings, given.act);
  if (!changed.ok) return changed;
  const reason = given.restored ? '-restored was given' : store.doubt(stored.value);
  const { writes, events } = changed.value.change;
  if (reason === undefined) {
    await store.commit(writes, events);
    return parsed(changed.value.register);
  }
  const begun = beginEpoch(changed.value.register);
  await store.commit([...writes, ...begun.change.writes], events);
  given.log.warn(
    'the register may be older than what the nodes were told: a new epoch begins, every node gets a ' +
      'snapshot, and what was changed since that copy was made must be done again',
    { reason, revision: printRevision(begun.register.revision) },
  );
  return parsed(begun.register);
};
