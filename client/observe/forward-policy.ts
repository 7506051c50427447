// Finds what on this host drops forwarded packets by default and does not let our links through.
import { namePrefix } from '../desired/names.ts';
import type { Commands, Files, KernelHost } from '../host/ports.ts';
import type { ForwardDrop } from './observed.ts';

/** Sorted by place. What cannot be read is no fault: it is only looked at. */
export const readForwardDrops = async ({
  commands,
  files,
}: Pick<KernelHost, 'commands' | 'files'>): Promise<readonly ForwardDrop[]> => {
  const found = await Promise.all([
    readNftDrops(commands),
    ...(['iptables', 'ip6tables'] as const).map((tool) => readLegacyDrop(commands, files, tool)),
  ]);
  return found.flat();
};

const readNftDrops = async (commands: Commands): Promise<readonly ForwardDrop[]> => {
  const { code, stdout } = await commands.run(['nft', 'list', 'chains']);
  if (code !== 0) return [];
  const found = await Promise.all(
    droppingChainsFrom(stdout).map(async ({ family, table, chain }) => {
      const rules = await commands.run(['nft', '-s', 'list', 'table', family, table]);
      return nftDropFrom({ family, table, chain }, rules.stdout);
    }),
  );
  return found.flat();
};

interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

const routedFamilies = ['ip', 'ip6', 'inet'];

/** From the text of `nft list chains`: not every nft can print JSON. */
export const droppingChainsFrom = (text: string): readonly NftChain[] => {
  const found: NftChain[] = [];
  let [family, table, chain] = ['', '', ''];
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line.trim().split(' ');
    if (word === 'table') [family = '', table = ''] = rest;
    if (word === 'chain') [chain = ''] = rest;
    const drops = word === 'type' && / hook forward .*policy drop;/.test(line);
    if (drops && routedFamilies.includes(family)) found.push({ family, table, chain });
  }
  return found;
};

/** `rules` is the text of the whole table: Docker's users put theirs in DOCKER-USER. */
export const nftDropFrom = (
  { family, table, chain }: NftChain,
  rules: string,
): readonly ForwardDrop[] => {
  const lets = (word: string): boolean =>
    new RegExp(`${word} "${namePrefix}\\*"[^\n]* accept`).test(rules);
  if (lets('iifname') && lets('oifname')) return [];
  const ofIptables = table === 'filter' && chain === 'FORWARD' && family !== 'inet';
  if (!ofIptables) return [{ tool: 'nft', chain: `${family} ${table} ${chain}` }];
  const docker = rules.includes('chain DOCKER-USER {');
  return [
    {
      tool: family === 'ip' ? 'iptables' : 'ip6tables',
      chain: docker ? 'DOCKER-USER' : chain,
    },
  ];
};

/** Asking iptables-legacy would load its modules, so the kernel is asked first. */
const readLegacyDrop = async (
  commands: Commands,
  files: Files,
  tool: 'iptables' | 'ip6tables',
): Promise<readonly ForwardDrop[]> => {
  const names = await files.read(`/proc/net/${tool === 'iptables' ? 'ip' : 'ip6'}_tables_names`);
  if (names?.split('\n').includes('filter') !== true) return [];
  const { code, stdout } = await commands.run([`${tool}-legacy`, '-S']);
  return code === 0 ? legacyDropFrom(`${tool}-legacy`, stdout) : [];
};

export const legacyDropFrom = (
  tool: 'iptables-legacy' | 'ip6tables-legacy',
  rules: string,
): readonly ForwardDrop[] => {
  const lines = rules.split('\n');
  const lets = (flag: string): boolean =>
    lines.some((line) => line.includes(`${flag} ${namePrefix}+ `) && line.endsWith('-j ACCEPT'));
  if (!lines.includes('-P FORWARD DROP') || (lets('-i') && lets('-o'))) return [];
  return [{ tool, chain: lines.includes('-N DOCKER-USER') ? 'DOCKER-USER' : 'FORWARD' }];
};
