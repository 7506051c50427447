// Reads our nftables table, in the words of this host's own nft.
import { fingerprint } from '../desired/fingerprint.ts';
import { firewallTable } from '../desired/names.ts';
import type { Commands, Files, KernelHost } from '../host/ports.ts';
import { isObject, textOf } from './ip.ts';
import type { AppliedFirewall, ObservedFirewall } from './observed.ts';

export const readFirewall = async ({
  commands,
  files,
  stateDir,
}: Pick<KernelHost, 'commands' | 'files' | 'stateDir'>): Promise<ObservedFirewall> => {
  const [listed, applied] = await Promise.all([
    listFirewall(commands),
    readAppliedFirewall(files, stateDir),
  ]);
  if (listed.table !== undefined) return { ...listed, fault: undefined, applied };
  return { table: undefined, fault: listed.fault ?? (await faultOf(commands)), applied };
};

interface Listed {
  readonly table: string | undefined;
  readonly fault: string | undefined;
}

/** Stateless (-s): counters count without anybody changing a rule. nft itself sorts a set's elements. */
export const listFirewall = async (commands: Commands): Promise<Listed> => {
  const { code, stdout, stderr } = await commands.run([
    ...['nft', '-s', 'list', 'table'],
    ...firewallTable.split(' '),
  ]);
  if (code === 0) return { table: fingerprint(stdout), fault: undefined };
  const absent = stderr.includes('No such file or directory') && code !== 127;
  return { table: undefined, fault: absent ? undefined : stderr.trim() };
};

/** The rarer words of our table, tried without changing anything. */
const probe = `table ${firewallTable} {
	set links {
		type ifname . ipv6_addr
	}
	chain sources {
		type filter hook prerouting priority -310; policy accept;
		iifname . ip6 saddr @links ip6 hoplimit 255 counter drop comment "probe"
	}
	chain forward {
		type filter hook forward priority -150; policy accept;
		tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu
	}
}
`;

const faultOf = async (commands: Commands): Promise<string | undefined> => {
  const { code, stderr } = await commands.run(['nft', '-c', '-f', '-'], { stdin: probe });
  if (code === 0) return undefined;
  const [said = ''] = stderr.trim().split('\n');
  return (
    `the kernel refuses an nftables table (${said}): it needs nf_tables with the inet family ` +
    '(modprobe nf_tables), or switch this off with -disable firewall'
  );
};

export const appliedFirewallPath = (stateDir: string): string => `${stateDir}/firewall.json`;

/** A damaged file only costs the memory: the table is then written once more. */
const readAppliedFirewall = async (
  files: Files,
  stateDir: string,
): Promise<AppliedFirewall | undefined> => {
  const text = await files.read(appliedFirewallPath(stateDir));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value)
      ? { text: textOf(value['text']), table: textOf(value['table']) }
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
