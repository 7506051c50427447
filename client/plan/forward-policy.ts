// What drops transit on this host, told with the remedy; it is another program's, so it is not changed.
import { namePrefix } from '../desired/names.ts';
import type { ForwardDrop } from '../observe/observed.ts';

export const forwardComplaintsFrom = (drops: readonly ForwardDrop[]): readonly string[] =>
  drops.map(
    (drop) =>
      `this host drops what it forwards (${policyOf(drop)}), so nothing behind it is reached over the ` +
      `mesh: let the links through with: ${remedyFor(drop)}`,
  );

const policyOf = ({ tool, chain }: ForwardDrop): string =>
  tool === 'nft'
    ? `policy drop of the nftables chain ${chain}`
    : `policy DROP of ${tool}'s chain FORWARD`;

const remedyFor = ({ tool, chain }: ForwardDrop): string =>
  tool === 'nft'
    ? ['iifname', 'oifname']
        .map((way) => `nft insert rule ${chain} ${way} '"${namePrefix}*"' accept`)
        .join('; ')
    : ['-i', '-o'].map((way) => `${tool} -I ${chain} ${way} ${namePrefix}+ -j ACCEPT`).join('; ');
