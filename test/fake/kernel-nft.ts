// What the fake host's nft does: our one table as a text, replaced, changed behind our back, listed, deleted.
import { firewallTable } from '../../client/desired/names.ts';
import type { CommandResult } from '../../client/host/ports.ts';
import type { FakeKernelState } from './kernel-state.ts';
import { done, failed } from './kernel-verdict.ts';

const replace = `add table ${firewallTable}\ndelete table ${firewallTable}\n`;
const remove = `delete table ${firewallTable}\n`;
const change = new RegExp(`^(flush (chain|set)|insert rule|add element) ${firewallTable} .*\n$`);

export const runNft = (
  state: FakeKernelState,
  words: readonly string[],
  stdin: string,
): CommandResult => {
  switch (words.join(' ')) {
    case `-s list table ${firewallTable}`:
      return state.firewall === undefined ? absent : done(`listed ${state.firewall}`);
    case 'list chains':
      return done();
    case '-c -f -':
      return done();
    case '-f -':
      state.writes++;
      return runScript(state, stdin);
    default:
      throw new Error(`the fake nft does not know "${words.join(' ')}"`);
  }
};

const absent = failed('Error: No such file or directory\nlist table');

const runScript = (state: FakeKernelState, script: string): CommandResult => {
  if (script.startsWith(`${replace}table ${firewallTable} {\n`) && script.endsWith('\n}\n')) {
    state.firewall = script.slice(replace.length);
    return done();
  }
  if (script !== remove && !change.test(script)) {
    throw new Error(`the fake nft does not understand "${script}"`);
  }
  if (state.firewall === undefined) return absent;
  state.firewall = script === remove ? undefined : `${state.firewall}${script}`;
  return done();
};
