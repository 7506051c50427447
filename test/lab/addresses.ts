// The node addresses of a mesh, as they stand on the hosts' dummy interfaces, and pings between them.
import type { Mesh } from './mesh.ts';
import { waitFor } from './wait-for.ts';

export interface NodeAddresses {
  readonly name: string;
  readonly v4: string;
  readonly v6: string;
}

interface IpAddress {
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly scope: string;
  }[];
}

export const addressesOf = async (mesh: Mesh, name: string): Promise<NodeAddresses> => {
  const shown = await mesh
    .host(name)
    .must(['ip', '-j', '-d', 'addr', 'show', 'up', 'type', 'dummy']);
  const all = (JSON.parse(shown) as readonly IpAddress[]).flatMap((link) => link.addr_info);
  const of = (family: string): string =>
    all.find((each) => each.family === family && each.scope === 'global')?.local ?? '';
  return { name, v4: of('inet'), v6: of('inet6') };
};

export const allAddresses = async (mesh: Mesh): Promise<readonly NodeAddresses[]> => {
  const found: NodeAddresses[] = [];
  for (const { name } of mesh.nodes) found.push(await addressesOf(mesh, name));
  return found;
};

export interface Ping {
  readonly from: string;
  readonly source?: string;
  readonly to: string;
}

/** The pings that got no answer; those of one host run at once, in one shell. */
export const failedPings = async (mesh: Mesh, pings: readonly Ping[]): Promise<readonly Ping[]> => {
  const failed: Ping[] = [];
  for (const from of new Set(pings.map((ping) => ping.from))) {
    const own = pings.filter((ping) => ping.from === from);
    const lines = own.map(({ source, to }, index) => {
      const words = source === undefined ? '' : `-I ${source} `;
      return `(ping -c1 -W5 ${words}${to} >/dev/null 2>&1 || echo ${index}) &`;
    });
    const { stdout } = await mesh.host(from).shell([...lines, 'wait', ''].join('\n'));
    failed.push(
      ...stdout
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((index) => own[Number(index)]!),
    );
  }
  return failed;
};

/** From every node address to every other, both families. */
export const allPings = (nodes: readonly NodeAddresses[]): readonly Ping[] =>
  nodes.flatMap((from) =>
    nodes
      .filter((to) => to.name !== from.name)
      .flatMap((to) => [
        { from: from.name, source: from.v4, to: to.v4 },
        { from: from.name, source: from.v6, to: to.v6 },
      ]),
  );

export const describePings = (pings: readonly Ping[]): string =>
  pings.map(({ from, to }) => `${from}→${to}`).join(' ');

/** Waits until every node address reaches every other: a session that is up has not yet put its routes into the kernel. */
export const allReached = async (mesh: Mesh): Promise<readonly NodeAddresses[]> => {
  const addresses = await allAddresses(mesh);
  const pings = allPings(addresses);
  await waitFor({ what: 'pings between all node addresses', deadlineMs: 60_000 }, async () => {
    const failed = await failedPings(mesh, pings);
    return failed.length === 0 ? true : describePings(failed);
  });
  return addresses;
};
