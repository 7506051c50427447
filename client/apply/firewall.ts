// The firewall row: replaces our nftables table in one transaction, or deletes it.
import { fingerprint } from '../desired/fingerprint.ts';
import { firewallTable } from '../desired/names.ts';
import type { KernelHost } from '../host/ports.ts';
import { appliedFirewallPath, listFirewall } from '../observe/firewall.ts';
import type { AppliedFirewall } from '../observe/observed.ts';
import type { FirewallStep } from '../plan/step.ts';

/** Undefined, or what went wrong. */
export const applyFirewall = async (
  step: FirewallStep,
  host: KernelHost,
): Promise<string | undefined> => {
  const path = appliedFirewallPath(host.stateDir);
  if (step.new === undefined) {
    const error = await runNft(host, `delete table ${firewallTable}\n`);
    if (error === undefined) await host.files.remove(path);
    return error;
  }
  const { text } = step.new;
  const error = await runNft(host, `${replace}${text}`);
  if (error !== undefined) return error;
  const { table, fault } = await listFirewall(host.commands);
  if (table === undefined) return fault ?? 'the table is gone right after it was written';
  const applied: AppliedFirewall = { text: fingerprint(text), table };
  await host.files.write(path, `${JSON.stringify(applied)}\n`, 0o600);
  return undefined;
};

/** Deleting what is not there would end the transaction, so it is made first. */
const replace = `add table ${firewallTable}\ndelete table ${firewallTable}\n`;

const runNft = async ({ commands }: KernelHost, stdin: string): Promise<string | undefined> => {
  const { code, stderr } = await commands.run(['nft', '-f', '-'], { stdin });
  if (code === 0) return undefined;
  const [said = ''] = stderr.trim().split('\n');
  return (
    `nft: ${said || `ended with ${String(code)}`} (the table that was there stays; is the kernel's ` +
    'nf_tables whole? -disable firewall leaves it out)'
  );
};
